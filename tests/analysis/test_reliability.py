"""KR-20 by hand, and beside alpha."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
from analysed import close, quick, tables
from hypothesis import given
from hypothesis import strategies as st

from collabcomm.results.analysis import analyse
from collabcomm.results.analysis.reliability import level


def test_kr_20_by_hand():
    # T = 3, 2, 1, 0, 0: mean 6/5, population variance (9 + 4 + 1) / 5 - 36/25 = 34/25.
    # p = 3/5, 2/5, 1/5: sum of p q = 6/25 + 6/25 + 4/25 = 16/25. KR-20 = 3/2 (1 - 16/34) = 27/34.
    rows = [[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 0, 0], [0, 0, 0]]
    test = analyse(rows, [1, 1, 1], ["a", "b", "c"]).test
    # R: psych::alpha(rows)$total$raw_alpha, which KR-20 equals for marks of 0 and 1
    assert test.kr_20 == close(F(27, 34))
    assert test.cronbach_alpha == close(F(27, 34))


@quick
@given(tables, st.lists(st.sampled_from([0.5, 1, 3]), min_size=5, max_size=5))
def test_kr_20_is_alpha_for_marks_of_nothing_or_full(rows, weights):
    most = np.array(weights[: rows.shape[1]])
    test = analyse(rows * most, most, "abcde"[: rows.shape[1]], resamples=0).test
    assert (test.kr_20 is None) == (test.cronbach_alpha is None)
    if test.kr_20 is not None:
        assert test.kr_20 == close(test.cronbach_alpha)


@pytest.mark.parametrize(
    ("alpha", "words"), [(1, "high"), (0.75, "high"), (0.6, "middling"), (0.59, "low"), (-2, "low")]
)
def test_an_alpha_is_told_in_three_levels(alpha, words):
    assert level(alpha) == words
