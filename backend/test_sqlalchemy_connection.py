"""Shows the service's connection to its database: through which setting, to what, how fast."""

import sys

from src.doctor.checks import connection
from src.doctor.command import run

if __name__ == "__main__":
    sys.exit(run(checks=connection.CHECKS))
