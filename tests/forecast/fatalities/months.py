"""A small made-up panel: quiet countries, one at war, one that begins late, one that ends."""

from __future__ import annotations

import numpy as np

from tocsin.panel.months import CountryMonths


def panel(months: int = 120, first: int = 121, seed: int = 3) -> CountryMonths:
    """Ten countries; the fifth is at war, the sixth begins after 40 months, the seventh ends after 50."""
    draw = np.random.default_rng(seed)
    deaths = draw.poisson(
        np.repeat([[0.0], [0.0], [0.1], [2.0], [200.0], [5.0], [5.0], [0.3], [30.0], [0.0]], months, 1)
    )
    deaths = deaths.astype(float)
    deaths[5, :40] = np.nan
    deaths[6, 50:] = np.nan
    places = ("AFG", "ALB", "DZA", "AGO", "ETH", "SSD", "YUG", "UKR", "SDN", "BEL")
    return CountryMonths(places, tuple(range(1, 11)), np.arange(first, first + months), deaths, ~np.isnan(deaths))
