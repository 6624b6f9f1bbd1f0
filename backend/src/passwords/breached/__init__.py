"""Whether a new password is known from a breach. BREACHED_PASSWORDS says who is asked."""
