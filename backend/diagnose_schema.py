"""Is the schema what the code wants? Five views of it, and then all that the doctor knows."""

import sys

from src.doctor.checks import views
from src.doctor.command import run
from src.doctor.examination import CHECKS

if __name__ == "__main__":
    sys.exit(run(checks=(*views.CHECKS, *CHECKS)))
