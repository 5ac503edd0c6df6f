"""Before and after, worked by hand and at the edges."""

from __future__ import annotations

import json
import math
from fractions import Fraction as F
from math import sqrt

import numpy as np
import pytest
from analysed import NAN, close

from collabcomm.results.analysis.change import change


def test_a_change_of_pairs_by_hand():
    # Before 1 2 3 4: mean 5/2, var 5/3. After 3 3 5 7: mean 9/2, SS = 9/4 + 9/4 + 1/4 + 25/4 = 11,
    # var 11/3. s = (sqrt 5/3 + sqrt 11/3) / 2; J = 1 - 3 / (4 * 3 - 1) = 8/11.
    found = change([1, 2, 3, 4], [3, 3, 5, 7])
    s = (sqrt(F(5, 3)) + sqrt(F(11, 3))) / 2
    assert (found.n, found.mean_before, found.mean_after, found.difference) == (4, 2.5, 4.5, 2)
    assert found.standardiser == close(s)
    assert found.hedges_g == close(F(8, 11) * 2 / s)
    assert found.difference_interval[0] <= 2 <= found.difference_interval[1]
    assert found.hedges_g_interval[0] <= found.hedges_g <= found.hedges_g_interval[1]
    assert found == change([1, 2, 3, 4], [3, 3, 5, 7])
    assert found.warnings[0].startswith("Only 4 pairs:")


def test_a_change_of_groups_by_hand():
    # Before 1 2 3: SS 2; after 3 3 5 7: SS 11. s = sqrt(13/5), J = 1 - 3 / (4 * 5 - 1) = 16/19.
    found = change([1, 2, 3], [3, 3, 5, 7], paired=False)
    assert (found.n, found.n_before, found.n_after) == (7, 3, 4)
    assert found.hedges_g == close(F(16, 19) * F(5, 2) / sqrt(F(13, 5)))
    assert "3 learners in the smaller group" in found.warnings[0]


def test_missing_values_leave_with_their_partner():
    whole, holes = change([1, 2, 3], [2, 4, 4]), change([1, None, 2, 3, 9], [2, 5, 4, 4, NAN])
    assert whole == holes
    assert change([NAN], [1], paired=False).n_before == 0
    with pytest.raises(ValueError, match="cannot be pairs"):
        change([1], [1, 2])
    with pytest.raises(ValueError, match="finite"):
        change([math.inf], [1])


@pytest.mark.parametrize("paired", [True, False])
def test_a_change_at_the_edges(paired):
    nothing = change([], [], paired)
    assert nothing.difference is nothing.hedges_g is nothing.difference_interval is None
    assert nothing.warnings == ["There are no values to compare."]
    single = change([1], [3], paired)
    assert (single.difference, single.hedges_g, single.hedges_g_interval) == (2, None, None)
    still = change([0.1] * 5, [0.3] * 5, paired)
    assert still.hedges_g is still.hedges_g_interval is None
    assert still.difference_interval == [close(0.2), close(0.2)]
    json.dumps(still.as_json(), allow_nan=False)
    assert change(np.arange(40), np.arange(40) + 1, paired).warnings == []
