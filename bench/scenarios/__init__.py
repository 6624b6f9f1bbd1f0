"""The scenarios. Each takes a running service and gives figures by name."""
