"""Refusals of an operator's wish about keys. Each carries a sentence that says why."""


class KeyRefusal(Exception):  # noqa: N818  it names the fact
    """Nothing was changed."""


class RotationRefused(KeyRefusal):
    """Another new key is still waiting for its time."""


class RetirementRefused(KeyRefusal):
    """The key signs, or tokens that it signed still live."""


class UnknownKey(KeyRefusal):
    """No stored key has this id."""
