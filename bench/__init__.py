"""Postern and its peers, measured side by side: `make bench`. README.md says what and how."""
