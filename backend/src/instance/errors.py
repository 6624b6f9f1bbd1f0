"""Refusals of a command about the instance. Each has a sentence that says why."""


class InstanceRefusal(Exception):  # noqa: N818  it names the fact
    """Nothing was changed."""
