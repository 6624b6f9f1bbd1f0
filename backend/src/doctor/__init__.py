"""The doctor: numbered checks of one checkout. Each finding says how to fix it."""
