"""Where data come from: fact sheets, the one HTTP client, receipts, contracts, one module per provider."""
