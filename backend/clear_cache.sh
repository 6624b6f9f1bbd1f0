#!/usr/bin/env bash
# Removes bytecode and tool caches under backend/, and shows how many. .venv and .data stay.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

under_backend() { find . \( -name '.venv*' -o -name .data \) -prune -o "$@"; }

bytecode=$(under_backend -name '*.pyc' -type f -print | wc -l)
caches=$(under_backend -type d \( -name __pycache__ -o -name .mypy_cache -o -name .pytest_cache -o -name .ruff_cache \
  -o -name .import_linter_cache -o -name .hypothesis \) -prune -print | wc -l)
under_backend -type d \( -name __pycache__ -o -name .mypy_cache -o -name .pytest_cache -o -name .ruff_cache \
  -o -name .import_linter_cache -o -name .hypothesis \) -prune -exec rm -rf {} +
under_backend -name '*.pyc' -type f -exec rm -f {} +

echo "Removed $((bytecode)) bytecode files and $((caches)) cache folders under backend/."
echo "Stale bytecode is rarely the cause: Python compiles again whenever a source file has changed."
echo "A server that was not restarted is likelier. To find out what is wrong: make doctor"
