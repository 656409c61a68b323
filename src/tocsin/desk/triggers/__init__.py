"""Triggers: agreed, tested on the past, activated by a person, and what happens when one is met."""
