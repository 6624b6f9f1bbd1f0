"""`python -m src.doctor`: also where `postern doctor` cannot start."""

import sys

OLDEST = (3, 11)


def main() -> int:
    if sys.version_info < OLDEST:
        sys.stderr.write("Postern needs Python 3.11 or newer. Mend it with: make setup\n")
        return 2
    from src.doctor.command import main

    return main()


if __name__ == "__main__":
    sys.exit(main())
