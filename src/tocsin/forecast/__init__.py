"""Models, their uncertainty, explanation, scores and the release they make."""
