"""The documentation names what there is: settings, routes, links, and a lock that holds no address."""

import json
import re
from pathlib import Path

import pytest

from tocsin.core import settings
from tocsin.core.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").rglob("*.md")])


def test_locks_hold_no_address():
    for lock in ROOT.glob("*.lock"):
        if lock.name != "uv.lock":
            assert "://" not in lock.read_text(encoding="utf-8"), f"{lock.name} holds an address"
    assert (ROOT / "requirements.lock").read_text(encoding="utf-8").count("--hash=sha256:") > 100


def test_every_setting_is_documented():
    read = set(re.findall(r'"(TOCSIN_[A-Z_]+)"', Path(settings.__file__).read_text(encoding="utf-8")))
    page = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
    assert read
    assert read == set(re.findall(r"^\| `(TOCSIN_[A-Z_]+)`", page, re.MULTILINE))


def test_every_route_is_documented(tmp_path):
    from tocsin.desk.node import open_node
    from tocsin.interfaces.web import create_app

    page = (ROOT / "docs/reference/routes.md").read_text(encoding="utf-8")
    routes = {route.path for route in create_app(open_node(Settings(home=tmp_path, offline=True))).routes}
    assert sorted(path for path in routes if f"`{path}`" not in page) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_blank_line_cuts_a_table(page):
    # A block of rows whose second line is not dashes is no table; it would stand there as plain text.
    blocks = re.split(r"\n\s*\n", re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.M))
    cut = [
        block
        for block in (each.strip() for each in blocks)
        if block.startswith("|") and not re.match(r"[^\n]*\n\|[ :|-]+\|(\n|$)", block)
    ]
    assert cut == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page):
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (page.parent / target).exists(), f"{page.name} links to {target}, which is not there"


def test_the_embedded_release_is_not_a_draft():
    text = (ROOT / "src/tocsin/data/release/release.json").read_text(encoding="utf-8")
    assert "draft" not in text.lower()


def test_the_scores_in_the_documentation_are_those_of_the_release():
    release = json.loads((ROOT / "src/tocsin/data/release/release.json").read_text(encoding="utf-8"))
    block = next(one for one in release["scores"] if one["key"] == "test")
    page = (ROOT / "docs/methods/onset-scores.md").read_text(encoding="utf-8").replace("**", "")
    rows = {"log score": ("log", 4), "AUC, onset year": ("auc_max2", 3), "recall at 10": ("recall10", 2)}
    rows |= {"recall at 20": ("recall20", 2), "recall at 30": ("recall30", 2), "AUC-PR": ("auc_pr", 3)}
    rows |= {"expected / observed": ("expected_observed", 2), "Brier score": ("brier", 4)}
    for title, (metric, digits) in rows.items():
        (line,) = re.findall(rf"^\| {re.escape(title)} \| (.*) \|$", page, re.MULTILINE)
        written = [float(cell.split()[0]) for cell in line.split(" | ")]
        scores = [model["metrics"][metric] for model in block["models"]]
        assert written == [round(score["value"], digits) for score in scores], title
        low, high = (float(end) for end in re.search(r"\[(.*), (.*)\]", line).groups())
        assert (low, high) == pytest.approx(
            (scores[0]["low"], scores[0]["high"]), abs=6e-4 if metric == "log" else 0.006
        )
    for other in ("climatology", "two_variable", "three_variable", "ewp_reproduced"):
        (told,) = (one for one in block["comparisons"] if (one["other"], one["metric"]) == (other, "log"))
        text = f"{told['difference']:+.4f} [{told['low']:+.4f}, {told['high']:+.4f}]"
        assert text in page
        assert (f"{text} not distinguishable" in page) != told["distinguishable"]
