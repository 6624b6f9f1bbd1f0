"""`make bench` measures Postern and its peers side by side. README.md says what and how."""
