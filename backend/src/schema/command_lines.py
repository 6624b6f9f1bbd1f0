"""How the commands are written here: in a checkout or in an image."""

from src.settings import BACKEND

IN_CHECKOUT = BACKEND.name == "backend"
"""An image has no make and no other folders, and its programs are on the PATH."""
MIGRATE = "make migrate" if IN_CHECKOUT else "postern migrate"
ALEMBIC = "cd backend && .venv/bin/alembic" if IN_CHECKOUT else "alembic"
POSTERN = "cd backend && .venv/bin/postern" if IN_CHECKOUT else "postern"
MERGE = f'{ALEMBIC} merge heads -m "join two branches"'
