"""Numbers of joint judgement: pooling, intervals, agreement; no store, no web."""
