"""What is measured. A scenario takes a running service and gives figures by name."""
