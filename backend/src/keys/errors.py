"""Refusals of `postern keys`. Each has a sentence that says why."""


class KeyRefusal(Exception):  # noqa: N818  it names the fact
    """Nothing was changed."""


class RotationRefused(KeyRefusal):
    """Another new key does not sign yet."""


class RetirementRefused(KeyRefusal):
    """The key signs, or tokens that it has signed are still valid."""


class UnknownKey(KeyRefusal):
    """No stored key has this id."""
