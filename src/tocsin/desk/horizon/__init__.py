"""The horizon: what is foreseen, what it leaves time for, and who was told."""
