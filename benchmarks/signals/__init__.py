"""Signals of monthly violence: how the laws, penalties and thresholds were chosen, and whether they kept their word."""
