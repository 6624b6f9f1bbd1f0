"""Signs up, signs in and reads the profile in the real app over HTTP, and then cleans up."""

import os
import sys

from src.doctor.command import run_flow

if __name__ == "__main__":
    os.environ["AUTO_MIGRATE"] = "off"  # this script must not change the schema
    sys.exit(run_flow())
