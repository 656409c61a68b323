import numpy as np

from tocsin.forecast.uncertainty import draw_rows, ranking, ranks


def test_ranks_begin_at_one_and_ties_keep_their_order():
    assert ranks(np.array([0.1, 0.9, 0.9, -1.0])).tolist() == [3, 1, 2, 4]


def test_countries_far_apart_are_told_apart_and_close_ones_are_not():
    rng = np.random.default_rng(0)
    centre = np.array([5.0, 0.05, 0.0, -5.0])
    told = ranking(centre, centre + rng.normal(0, 0.5, (500, 4)), 0.9)
    assert told.rank.tolist() == [1, 2, 3, 4]
    assert told.tied_low.tolist() == [1, 2, 2, 4]
    assert told.tied_high.tolist() == [1, 3, 3, 4]
    assert (told.rank_low <= told.rank).all()
    assert (told.rank <= told.rank_high).all()
    assert (told.low < 1 / (1 + np.exp(-centre))).all()


def test_equal_draws_cannot_be_told_apart():
    told = ranking(np.array([1.0, 0.0]), np.zeros((50, 2)), 0.9)
    assert told.tied_low.tolist() == [1, 1]
    assert told.tied_high.tolist() == [2, 2]


def test_a_draw_holds_whole_countries(table):
    rows = draw_rows(table, 2000, np.random.default_rng(3))
    training = table.training(2000)
    counts = np.bincount(rows, minlength=table.year.size)
    for place in np.unique(table.place):
        assert np.unique(counts[training & (table.place == place)]).size == 1
    assert counts[~training].sum() == 0
