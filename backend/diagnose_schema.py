"""Is the schema what the code needs? Shows five views of it, then all findings of the doctor."""

import sys

from src.doctor.start import start

if __name__ == "__main__":
    sys.exit(start("src.doctor.scripts:diagnose_schema"))
