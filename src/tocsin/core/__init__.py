"""Errors, settings, periods, places, beliefs and markings: what every other room stands on."""
