from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.triggering import Branch, Signpost
from tocsin.horizon.scenarios import DEEPEST, fault, paths


def branch(key, probability, parent=None, signs=()):
    return Branch(
        key=key,
        parent=parent,
        title=key,
        probability=probability,
        signposts=tuple(Signpost(key=one, text=one) for one in signs),
    )


TREE = (
    branch("talks", 0.7, signs=("envoy",)),
    branch("war", 0.3),
    branch("deal", 0.25, "talks"),
    branch("stall", 0.75, "talks", ("walk-out",)),
)


def test_a_path_is_as_likely_as_its_branches_together():
    found = {one.branch.key: one for one in paths(TREE)}
    assert found["deal"].probability == pytest.approx(0.175)
    assert [one.branch.key for one in paths(TREE)] == ["talks", "deal", "stall", "war"]
    assert (found["talks"].leaf, found["war"].leaf, found["deal"].depth) == (False, True, 2)


def test_signposts_light_the_branch_and_what_goes_on_from_it_and_change_no_number():
    lit = {one.branch.key: one for one in paths(TREE, [("talks", "envoy")])}
    assert (lit["stall"].lit, lit["stall"].signposts) == ((("talks", "envoy"),), 2)
    assert lit["war"].lit == ()
    assert [one.probability for one in lit.values()] == [one.probability for one in paths(TREE)]


def test_a_fork_that_does_not_sum_to_one_is_refused_with_the_sum():
    found = fault((branch("a", 0.5), branch("b", 0.4)))
    assert (found.branch, "sum to 0.9, not to 1" in found.what) == (0, True)
    assert "after talks" in fault((*TREE[:2], branch("deal", 0.5, "talks"), branch("x", 0.4, "talks"))).what
    assert fault(TREE) is None
    assert fault((branch("a", 0.1), branch("b", 0.2), branch("c", 0.7))) is None
    assert fault((branch("a", 0.5), branch("b", 0.5 + 1e-8))) is not None


@pytest.mark.parametrize(
    ("tree", "position"),
    [
        ((branch("a", 0.5), branch("a", 0.5)), 1),
        ((branch("a", 1.0), branch("b", 1.0, "nowhere")), 1),
        ((branch("a", 1.0), branch("b", 1.0, "c"), branch("c", 1.0, "b")), 1),
        ((branch("a", 1.0, signs=("s", "s")), branch("b", 1.0, "a")), 0),
    ],
)
def test_what_is_no_tree_is_refused_at_its_branch(tree, position):
    assert fault(tree).branch == position
    assert fault(tree).remedy


def test_a_tree_is_at_most_so_deep():
    keys = [f"b{depth}" for depth in range(DEEPEST + 1)]
    chain = [branch(key, 1.0, above) for key, above in zip(keys, [None, *keys], strict=False)]
    assert fault(chain[:DEEPEST]) is None
    assert "5 deep" in fault(chain).what


@given(st.lists(st.integers(2, 4), min_size=1, max_size=3))
def test_the_ends_of_a_tree_take_up_all_that_may_come(widths):
    level, tree = [None], []
    for depth, width in enumerate(widths):
        below = []
        for above in level:
            for place in range(width):
                key = f"{above or 'n'}-{place}" if depth else f"n{place}"
                tree.append(branch(key, 1 / width, above))
                below.append(key)
        level = below
    assert fault(tree) is None
    assert sum(one.probability for one in paths(tree) if one.leaf) == pytest.approx(1)
