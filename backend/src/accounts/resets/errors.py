"""Refusals of a command about second factors. Each has a sentence that says why."""


class FactorsRefusal(Exception):  # noqa: N818  it names the fact
    """Nothing was changed."""


class ReasonUnusable(FactorsRefusal):
    """The command was written wrongly: it ends with status 2."""
