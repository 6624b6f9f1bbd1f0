"""Faults of the parts around Postern, and what its clients notice of them: `make faults`."""
