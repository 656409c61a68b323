"""Vocabularies and estimative yardsticks, each with its owner and source."""
