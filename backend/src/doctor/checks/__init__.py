"""One module per group of checks; each ends with its `CHECKS`."""
