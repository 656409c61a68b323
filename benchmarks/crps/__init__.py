"""CRPS of draws: ours beside properscoring, scoringrules and views-evaluation."""
