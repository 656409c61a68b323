"""What followed elections, coups and jumps in killing: the study behind ``data/aftermath.toml``."""
