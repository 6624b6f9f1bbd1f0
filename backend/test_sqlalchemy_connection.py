"""Shows the service's connection to its database: from which setting, to which server, how fast."""

import sys

from src.doctor.start import start

if __name__ == "__main__":
    sys.exit(start("src.doctor.scripts:show_connection"))
