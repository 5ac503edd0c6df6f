"""Few learners, no spread, nothing scored; and the reasons to look at an item."""

from __future__ import annotations

import math
from fractions import Fraction as F

import numpy as np
import pytest
from analysed import NAN, close, column

from collabcomm.results.analysis import analyse


def test_without_spread_there_is_nothing_to_correlate():
    found = analyse([[0.1, 0.3]] * 5, [0.7, 0.7], ["a", "b"], pass_mark=50)
    item = found.items[0]
    assert item.facility == close(F(1, 7))
    assert item.standard_deviation == 0
    assert item.discrimination_index is item.discriminative_efficiency is None
    assert item.effective_weight is item.discrimination_interval is item.facility_interval is None
    assert item.look == ["Everybody has the same mark, so it tells nobody apart."]
    test = found.test
    assert (test.standard_deviation, test.pass_rate) == (0, 0)
    assert test.skewness is test.kurtosis is test.cronbach_alpha is test.alpha_interval is None
    assert test.standard_error_of_measurement is test.near_pass_mark is None


def test_one_learner():
    found = analyse([[1, 0]], [1, 1], ["a", "b"], pass_mark=50)
    assert (found.test.mean, found.test.median, found.test.pass_rate) == (1, 1, 1)
    assert found.test.standard_deviation is None
    assert found.items[0].facility == 1
    assert found.items[0].standard_deviation is None
    assert found.warnings[0].startswith("Only 1 learner:")


def test_two_learners_have_no_alpha():
    found = analyse([[1, 1], [0, 0]], [1, 1], ["a", "b"])
    assert found.test.cronbach_alpha is found.test.skewness is None
    assert found.items[0].discrimination_index == close(1)
    three = analyse([[1, 1], [0, 0], [1, 0]], [1, 1], ["a", "b"]).test
    assert three.cronbach_alpha is not None
    assert three.skewness is not None
    assert three.kurtosis is None


@pytest.mark.parametrize("rows", [np.empty((0, 2)), [[NAN, NAN], [NAN, NAN]]])
def test_nobody_answered(rows):
    found = analyse(rows, [1, 1], ["a", "b"], pass_mark=50)
    assert (found.test.learners, found.test.mean, found.test.pass_rate) == (0, None, None)
    assert [item.look for item in found.items] == [["Nobody had this item."]] * 2
    assert "No learner has a mark: there is nothing to analyse." in found.warnings


def test_one_item_has_no_rest():
    found = analyse([[1], [0], [1]], [1], ["a"])
    assert found.items[0].discrimination_index is None
    assert found.items[0].effective_weight == close(1)
    assert found.items[0].alpha_if_deleted is found.test.cronbach_alpha is None


def test_items_that_are_not_scored_are_left_out():
    found = analyse([[1, 0], [0, 0]], [1, 0], ["a", "b"], guess=[0.5, None])
    assert column(found, "item") == ["a"]
    assert found.warnings[0] == "b has a maximum of 0: it is not scored and left out."
    none = analyse([[0], [0]], [0], ["b"])
    assert (none.test.learners, none.items) == (2, [])
    assert none.warnings[-1] == "No item is scored: there is nothing to analyse."


def test_a_negative_covariance_has_no_effective_weight():
    # T = 2, 2, 1, 1 without the last item, which goes against the rest.
    rows = [[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1]]
    found = analyse(rows, [1] * 4, list("abcd"), guess=[0.25, 0.25, 0.25, 0.5])
    weights = column(found, "effective_weight")
    assert weights[3] is None
    assert sum(weights[:3]) == close(1)
    look = " ".join(found.items[3].look)
    assert "do badly here" in look
    assert "against the total" in look
    assert "less (0.25) than answers at random would (0.50)" in look
    assert found.items[1].look == []
    # The first has no covariance with the rest: (2 + 1 + 0) - 3/4 * 4 = 0.
    assert ["hardly tells" in reason for reason in found.items[0].look] == [True, False]
    assert "efficiency 0.00" in found.items[0].look[1]


def test_other_reasons_to_look():
    rows = [[1, 1, 1]] * 20 + [[1, 0, 1]] * 10 + [[1, 1, 0]] * 9 + [[0, 0, 0]]
    found = analyse(rows, [1] * 3, list("abc"))
    assert found.warnings == []
    assert any("Nearly everybody" in reason for reason in found.items[0].look)
    assert len(found.items[1].look) == 1
    assert "do badly here" in found.items[1].look[0]


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="shape"):
        analyse([[1, 2]], [1], ["a"])
    with pytest.raises(ValueError, match="finite"):
        analyse([[math.inf]], [1], ["a"])
