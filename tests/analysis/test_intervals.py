"""Intervals, resampled and computed."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from analysed import NAN, close, column, six

from collabcomm.results.analysis import analyse


def test_intervals_hold_the_figure_and_come_out_the_same_again():
    found, again = analyse(*six()), analyse(*six())
    assert found == again
    assert found != analyse(*six(), seed=1)
    for item in found.items:
        for value, interval in (
            (item.discrimination_index, item.discrimination_interval),
            (item.facility, item.facility_interval),
        ):
            assert interval[0] <= value <= interval[1]
    low, high = found.test.alpha_interval
    assert low <= found.test.cronbach_alpha <= high <= 1


def test_wilson_for_items_marked_all_or_nothing():
    # Four of six right: z2 = 3.8415; centre (4 + z2/2) / (6 + z2), half
    # z sqrt(4 * 2 / 6 + z2/4) / (6 + z2).
    z = 1.959963984540054
    centre, half = (4 + z * z / 2) / (6 + z * z), z * sqrt(8 / 6 + z * z / 4) / (6 + z * z)
    # R: prop.test(4, 6, correct = FALSE)$conf.int
    assert analyse(*six()).items[0].facility_interval == [
        close(centre - half),
        close(centre + half),
    ]
    # All right: certainty is not promised. The lower limit is n / (n + z2).
    all_right = analyse([[1, 0], [1, 1], [1, 1]], [1, 1], ["a", "b"]).items[0]
    assert all_right.facility_interval == [close(3 / (3 + z * z)), close(1)]


def many(learners, drawn=6):
    draws = np.random.default_rng(3)
    skill = draws.normal(size=(learners, 1))
    marks = (skill + draws.normal(size=(learners, 6)) > 0).astype(float)
    marks[:, 5] = np.clip(np.round(skill[:, 0] + 2), 0, 4)
    marks[draws.random((learners, 6)).argsort(axis=1) >= drawn] = NAN
    return marks, [1, 1, 1, 1, 1, 4], list("abcdef")


@pytest.mark.parametrize("drawn", [6, 4])
def test_computed_intervals_agree_with_resampled_ones(monkeypatch, drawn):
    computed = analyse(*many(600, drawn))
    monkeypatch.setattr("collabcomm.results.analysis.intervals.MANY", 1000)
    resampled = analyse(*many(600, drawn))
    assert computed.test.cronbach_alpha == resampled.test.cronbach_alpha
    pairs = [
        *zip(
            column(computed, "discrimination_interval"),
            column(resampled, "discrimination_interval"),
            strict=True,
        ),
        *zip(
            column(computed, "facility_interval"),
            column(resampled, "facility_interval"),
            strict=True,
        ),
    ]
    if drawn == 6:
        pairs.append((computed.test.alpha_interval, resampled.test.alpha_interval))
    for limits, other in pairs:
        assert limits == pytest.approx(other, abs=0.015)


def test_computed_intervals_at_the_edges():
    rows = np.zeros((600, 3))
    rows[:300, :2] = 1
    found = analyse(rows, [1, 1, 2], ["a", "b", "c"])
    assert found.items[0].discrimination_interval == [1, 1]
    assert found.items[2].discrimination_interval is None
    assert found.test.alpha_interval[1] <= 1
    assert analyse(np.ones((600, 2)), [2, 2], ["a", "b"]).test.alpha_interval is None
