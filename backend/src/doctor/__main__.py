"""`python -m src.doctor` also works if `postern` cannot start."""

import sys

from src.doctor.start import start

if __name__ == "__main__":
    sys.exit(start("src.doctor.command:main"))
