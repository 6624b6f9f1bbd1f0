"""Refusals of an operator's wish about the instance. Each carries a sentence that says why."""


class InstanceRefusal(Exception):  # noqa: N818  it names the fact
    """Nothing was changed."""
