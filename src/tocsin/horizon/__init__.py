"""The horizon: turns in what happens, moments that are coming, when a decision must be made, triggers, scenarios."""
