"""A round of 200 participants and 40 questions against a plain Python loop; and how often intervals hold the truth."""
