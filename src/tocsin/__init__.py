"""Tocsin: a shared early-warning and joint-prevention workbench for atrocity crimes."""

__version__ = "0.1.0"
