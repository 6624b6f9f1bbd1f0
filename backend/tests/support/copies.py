"""Copies of a database, and where they are."""

AT_HOME = """
UPDATE instance SET database_oid = (
    SELECT oid FROM pg_database WHERE datname = current_database()
)
"""
"""The same as `postern instance keep` for a database that was copied on one server."""
