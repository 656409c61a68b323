"""Place x period x feature tables made from sources, without leakage from the future."""
