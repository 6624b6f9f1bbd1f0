"""Is the schema what the code needs? Shows five views of it, then all findings of the doctor."""

import sys

from src.doctor.checks import views
from src.doctor.command import run
from src.doctor.examination import CHECKS

if __name__ == "__main__":
    sys.exit(run(checks=(*views.CHECKS, *CHECKS)))
