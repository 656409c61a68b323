"""Monthly forecasts of deaths: a whole predictive distribution for each country and month, and how it was chosen."""
