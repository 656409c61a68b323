"""The style sheet, as far as a rule can be computed: contrast (WCAG 2.2 AA) and order in greyscale."""

import re
from pathlib import Path

import pytest

import tocsin.interfaces.web as web

SHEET = (Path(web.__file__).parent / "static" / "style.css").read_text(encoding="utf-8")
BLOCKS = [dict(re.findall(r"--(\w+): (#\w+)", block)) for block in re.findall(r":root \{(.*?)\}", SHEET, re.DOTALL)]
THEMES = dict(zip(("light", "dark", "print"), BLOCKS, strict=True))


def luminance(colour):
    """Relative luminance as WCAG 2.2 defines it."""
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_text_stands_out_from_what_it_lies_on(theme):
    colours = THEMES[theme]
    pairs = [(ink, ground) for ink in ("ink", "soft", "accent") for ground in ("paper", "panel")]
    pairs += [(f"on{shade}", f"r{shade}") for shade in range(6)]

    low = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in pairs}

    assert {pair: value for pair, value in low.items() if value < 4.5} == {}


@pytest.mark.parametrize("theme", THEMES)
def test_marks_that_carry_numbers_stand_out_from_the_paper(theme):
    colours = THEMES[theme]

    faint = {mark: contrast(colours[mark], colours["paper"]) for mark in ("r3", "r5", "up", "down", "edge")}

    assert {mark: value for mark, value in faint.items() if value < 3} == {}


@pytest.mark.parametrize("theme", THEMES)
def test_shades_keep_their_order_in_greyscale(theme):
    steps = [luminance(THEMES[theme][f"r{shade}"]) for shade in range(6)]

    assert steps == sorted(steps, reverse=theme != "dark")
    assert all(contrast(THEMES[theme][f"r{a}"], THEMES[theme][f"r{a + 1}"]) > 1.15 for a in range(5))


def test_nothing_is_loaded_from_elsewhere():
    assert "url(" not in SHEET
    assert "@import" not in SHEET


def test_layout_follows_the_direction_of_writing():
    # Charts are drawn left to right in every language, so only their gutters may name a side.
    sided = re.findall(
        r"^.*(?:margin|padding|border)-(?:left|right).*$|float:.*$|text-align: (?:left|right)", SHEET, re.M
    )

    assert all(line.startswith("svg.") for line in sided)
