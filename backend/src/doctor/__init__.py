"""The doctor: numbered checks of one checkout, and for each finding what mends it.

Nothing here imports a package from outside the standard library until a check needs it, so that
the doctor can say which one is missing.
"""
