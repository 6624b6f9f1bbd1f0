"""Signs up, signs in and reads the profile, through the real app over HTTP, and tidies up."""

import os
import sys

from src.doctor.command import run_flow

if __name__ == "__main__":
    os.environ["AUTO_MIGRATE"] = "off"  # it looks, and changes no schema
    sys.exit(run_flow())
