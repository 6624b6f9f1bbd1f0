"""Shows the service's connection to its database: from which setting, to which server, how fast."""

import sys

from src.doctor.checks import connection
from src.doctor.command import run

if __name__ == "__main__":
    sys.exit(run(checks=connection.CHECKS))
