"""Numbers of joint judgement: pooling, intervals, agreement, divergence; no store, no web."""
