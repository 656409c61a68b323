"""Joint rounds: registered, answered under seal, opened, pooled, and read out."""
