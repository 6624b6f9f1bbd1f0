"""One module for each subject; each ends with its `CHECKS`.

The docstring of a check names why it exists: a public report, or a line of this project's own
story, which is a section of DATABASE_TROUBLESHOOTING.md or a decision.
"""
