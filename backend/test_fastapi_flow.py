"""Signs up, signs in and reads the profile in the real app over HTTP, and then cleans up."""

import os
import sys

from src.doctor.start import start

if __name__ == "__main__":
    os.environ["AUTO_MIGRATE"] = "off"  # this script must not change the schema
    sys.exit(start("src.doctor.scripts:try_flow"))
