"""Doors: command line, web pages, briefs. They call desk and core, nothing else."""
