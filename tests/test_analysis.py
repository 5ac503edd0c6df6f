"""Statistics against values worked by hand, at the edges, and under what must not matter."""

from __future__ import annotations

import itertools
import json
import math
from fractions import Fraction as F
from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from collabcomm.course.coverage import guesses
from collabcomm.engine.scoring import score
from collabcomm.results.analysis import analyse
from collabcomm.results.analysis.change import change
from collabcomm.results.analysis.marks import MarksUnreadable, read_marks
from collabcomm.results.analysis.options import distractors
from collabcomm.results.analysis.quiz import guess_score, quiz_analysis
from collabcomm.results.analysis.scenario import scenario_analysis

CASES = Path(__file__).parent / "cases"
ITEMS = json.loads((CASES / "scoring.json").read_text("utf-8"))["items"]
SCENARIOS = json.loads((CASES / "play.json").read_text("utf-8"))["scenarios"]
NAN = math.nan


def close(value):
    return pytest.approx(float(value), rel=1e-9, abs=1e-9)


def six() -> tuple:
    marks, most, names, _learners = read_marks((CASES / "marks.csv").read_text("utf-8"))
    return marks, most, names


def column(analysis, field):
    return [getattr(item, field) for item in analysis.items]


# ---------------------------------------------------------------- six learners, by hand
#
#           asks  listens  shares  plans     T    T - 5
#   max      1      1        2       4       8
#   Ada      1      1        2       4       8      3
#   Ben      1      1        2       3       7      2
#   Cara     1      0        1       3       5      0
#   Dai      1      1        0       2       4     -1
#   Elin     0      0        1       2       3     -2
#   Femi     0      1        0       2       3     -2
#   sum      4      4        6      16      30      0
#
# Deviations from the mean, their squares' sum SS, and var = SS / 5:
#   asks     1/3 four times, -2/3 twice      SS = 4/9 + 8/9 = 4/3           var 4/15
#   listens  the same marks in another order                               var 4/15
#   shares   1, 1, 0, -1, 0, -1              SS = 4                         var 4/5
#   plans    4/3, 1/3, 1/3, -2/3 three times SS = 16/9 + 2/9 + 12/9 = 10/3  var 2/3
#   T        3, 2, 0, -1, -2, -2             SS = 22                        var 22/5
# Sum of the items' variances: 4/15 + 4/15 + 12/15 + 10/15 = 2.
#
# cov(x, T) = sum of products of deviations / 5:
#   asks     (3 + 2 + 0 - 1) / 3 - 2 (-2 - 2) / 3 = 4/3 + 8/3 = 4               4/5
#   listens  (3 + 2 - 1 - 2) / 3 - 2 (0 - 2) / 3 = 2/3 + 4/3 = 2                2/5
#   shares   3 + 2 + 1 + 2 = 8                                                  8/5
#   plans    4 + 2/3 + 0 - 2 (-1 - 2 - 2) / 3 = 4 + 2/3 + 10/3 = 8              8/5
# They add up to var(T) = 22/5, as they must.
#
# cov(x, R) = cov(x, T) - var(x);  var(R) = var(T) - 2 cov(x, T) + var(x):
#   asks     4/5 - 4/15 = 8/15       22/5 - 8/5 + 4/15 = 46/15
#   listens  2/5 - 4/15 = 2/15       22/5 - 4/5 + 4/15 = 58/15
#   shares   8/5 - 4/5 = 4/5         22/5 - 16/5 + 4/5 = 2
#   plans    8/5 - 2/3 = 14/15       22/5 - 16/5 + 2/3 = 28/15
COVARIANCE = [F(8, 15), F(2, 15), F(4, 5), F(14, 15)]
VARIANCE = [F(4, 15), F(4, 15), F(4, 5), F(2, 3)]
REST_VARIANCE = [F(46, 15), F(58, 15), F(2), F(28, 15)]


def test_the_test_as_worked_by_hand():
    test = analyse(*six(), pass_mark=50).test
    assert (test.learners, test.items, test.max) == (6, 4, 8)
    assert test.mean == close(5)
    assert test.median == close(F(9, 2))  # between 4 and 5
    assert test.standard_deviation == close(sqrt(F(22, 5)))
    # Sums of powers: cubes 27 + 8 - 1 - 8 - 8 = 18, fourths 81 + 16 + 1 + 16 + 16 = 130; so
    # m2 = 22/6 = 11/3, m3 = 3, m4 = 65/3.
    # k3 = 36 * 3 / (5 * 4) = 27/5
    assert test.skewness == close(F(27, 5) / sqrt(F(22, 5)) ** 3)
    # k4 = 36 (7 * 65/3 - 3 * 5 * 121/9) / (5 * 4 * 3) = 36 (455/3 - 605/3) / 60 = -30
    assert test.kurtosis == close(F(-30) / F(22, 5) ** 2)
    # alpha = 4/3 (1 - 2 / (22/5)) = 4/3 * 12/22 = 8/11
    assert test.cronbach_alpha == close(F(8, 11))
    assert test.kr_20 is None  # two of the items give part marks
    assert test.error_ratio == close(sqrt(F(3, 11)))
    # 22/5 * 3/11 = 6/5
    assert test.standard_error_of_measurement == close(sqrt(F(6, 5)))
    assert test.standard_error_percent == close(100 * sqrt(F(6, 5)) / 8)
    # The pass mark is 4 marks: 8, 7, 5 and 4 reach it; 5, 4, 3 and 3 are within 1.095 of it.
    assert (test.pass_mark, test.near_pass_mark) == (50, 4)
    assert test.pass_rate == close(F(4, 6))


def test_the_items_as_worked_by_hand():
    found = analyse(*six(), guess=[0.5, 0.5, None, 0.0])
    assert column(found, "item") == ["asks", "listens", "shares", "plans"]
    assert column(found, "learners") == [6, 6, 6, 6]
    assert column(found, "max") == [1, 1, 2, 4]
    assert column(found, "random_guess_score") == [0.5, 0.5, None, 0.0]
    assert column(found, "mean") == [close(v) for v in (F(2, 3), F(2, 3), 1, F(8, 3))]
    assert column(found, "facility") == [close(v) for v in (F(2, 3), F(2, 3), F(1, 2), F(2, 3))]
    assert column(found, "standard_deviation") == [
        close(sqrt(v) / m) for v, m in zip(VARIANCE, (1, 1, 2, 4), strict=True)
    ]
    assert column(found, "intended_weight") == [close(F(m, 8)) for m in (1, 1, 2, 4)]
    # The roots of cov(x, T) in units of sqrt(2/5): sqrt 2, 1, 2, 2.
    assert column(found, "effective_weight") == [
        close(v / (5 + sqrt(2))) for v in (sqrt(2), 1, 2, 2)
    ]
    assert column(found, "discrimination_index") == [
        close(c / sqrt(v * r)) for c, v, r in zip(COVARIANCE, VARIANCE, REST_VARIANCE, strict=True)
    ]
    # The greatest covariance, both sorted, (sum of products - mean(x) * sum(R)) / 5:
    #   asks     0 0 1 1 1 1 with 3 3 3 4 6 7: (20 - 2/3 * 26) / 5 = 8/15
    #   listens  0 0 1 1 1 1 with 2 3 3 5 6 7: (21 - 2/3 * 26) / 5 = 11/15
    #   shares   0 0 1 1 2 2 with 2 3 4 4 5 6: (30 - 24) / 5 = 6/5
    #   plans    2 2 2 3 3 4 with 1 1 2 2 4 4: (42 - 8/3 * 14) / 5 = 14/15
    greatest = [F(8, 15), F(11, 15), F(6, 5), F(14, 15)]
    assert column(found, "discriminative_efficiency") == [
        close(c / g) for c, g in zip(COVARIANCE, greatest, strict=True)
    ]
    # 3/2 (1 - (2 - var(x)) / var(R)):
    #   asks 3/2 (1 - 26/46), listens 3/2 (1 - 26/58), shares 3/2 (1 - 3/5), plans 3/2 (1 - 5/7)
    assert column(found, "alpha_if_deleted") == [
        close(v) for v in (F(15, 23), F(24, 29), F(3, 5), F(3, 7))
    ]


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
    assert analyse(*six()).items[0].facility_interval == [
        close(centre - half),
        close(centre + half),
    ]
    # All right: certainty is not promised. The lower limit is n / (n + z2).
    all_right = analyse([[1, 0], [1, 1], [1, 1]], [1, 1], ["a", "b"]).items[0]
    assert all_right.facility_interval == [close(3 / (3 + z * z)), close(1)]


def test_everything_is_plain_json():
    told = analyse(*six(), pass_mark=50).as_json()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert set(told) == {"test", "items", "warnings"}
    assert list(told["items"][0])[:4] == ["item", "learners", "max", "mean"]
    assert told["warnings"] == [
        "Only 6 learners: treat every figure below as a rough guess; the intervals show how rough."
    ]


# ---------------------------------------------------------------- KR-20


def test_kr_20_by_hand():
    # T = 3, 2, 1, 0, 0: mean 6/5, population variance (9 + 4 + 1) / 5 - 36/25 = 34/25.
    # p = 3/5, 2/5, 1/5: sum of p q = 6/25 + 6/25 + 4/25 = 16/25. KR-20 = 3/2 (1 - 16/34) = 27/34.
    rows = [[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 0, 0], [0, 0, 0]]
    test = analyse(rows, [1, 1, 1], ["a", "b", "c"]).test
    assert test.kr_20 == close(F(27, 34))
    assert test.cronbach_alpha == close(F(27, 34))


tables = st.tuples(st.integers(3, 12), st.integers(2, 5)).flatmap(
    lambda shape: arrays(np.int64, shape, elements=st.integers(0, 1))
)
quick = settings(max_examples=40, deadline=None, database=None, derandomize=True)


@quick
@given(tables, st.lists(st.sampled_from([0.5, 1, 3]), min_size=5, max_size=5))
def test_kr_20_is_alpha_for_marks_of_nothing_or_full(rows, weights):
    most = np.array(weights[: rows.shape[1]])
    test = analyse(rows * most, most, "abcde"[: rows.shape[1]], resamples=0).test
    assert (test.kr_20 is None) == (test.cronbach_alpha is None)
    if test.kr_20 is not None:
        assert test.kr_20 == close(test.cronbach_alpha)


# ---------------------------------------------------------------- what must not matter

partial = st.tuples(st.integers(2, 12), st.integers(1, 5)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.sampled_from([0, 0.1, 0.7, 1, 2, NAN]))
)


def flat(analysis) -> list:
    """All figures but the reasons, in one order."""

    def walk(part):
        if isinstance(part, dict):
            for key, value in part.items():
                if key != "look":
                    yield from walk(value)
        elif isinstance(part, list):
            for value in part:
                yield from walk(value)
        else:
            yield part

    return [
        pytest.approx(v, rel=1e-9, abs=1e-9) if isinstance(v, float) else v
        for v in walk(analysis.as_json())
    ]


@quick
@given(partial, st.randoms(use_true_random=False))
def test_the_order_of_learners_makes_no_difference(rows, random):
    items = rows.shape[1]
    order = list(range(len(rows)))
    random.shuffle(order)
    first = analyse(rows, [2] * items, "abcde"[:items], pass_mark=60, resamples=50)
    second = analyse(rows[order], [2] * items, "abcde"[:items], pass_mark=60, resamples=50)
    assert flat(first) == flat(second)
    json.dumps(first.as_json(), allow_nan=False)


@quick
@given(partial, st.sampled_from([0.01, 0.5, 8, 1000]))
def test_the_size_of_a_mark_makes_no_difference(rows, factor):
    items = rows.shape[1]
    first = analyse(rows, [2] * items, "abcde"[:items], pass_mark=60, resamples=0)
    second = analyse(
        rows * factor, [2 * factor] * items, "abcde"[:items], pass_mark=60, resamples=0
    )
    marks = ("max", "mean", "median", "standard_deviation", "standard_error_of_measurement")
    for one, two in zip([first.test, *first.items], [second.test, *second.items], strict=True):
        for name, value in vars(one).items():
            if isinstance(value, float):
                in_marks = name in marks and (one is first.test or name in ("max", "mean"))
                assert getattr(two, name) == close(value * (factor if in_marks else 1)), name
            elif name != "look":
                assert getattr(two, name) == value or isinstance(value, list), name


# ---------------------------------------------------------------- the edges


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


# ---------------------------------------------------------------- drawn quizzes


def test_a_drawn_quiz_by_hand():
    # Two of three items each; T = 2, 1, 1, 0: mean 1, var 2/3.
    # Positions: first 1 1 0 0, second 1 0 1 0: var 1/3 each, so alpha = 2 (1 - (2/3) / (2/3)) = 0.
    rows = [[1, 1, NAN], [1, NAN, 0], [NAN, 0, 1], [0, 0, NAN]]
    found = analyse(rows, [1, 1, 1], ["a", "b", "c"])
    test = found.test
    assert (test.max, test.mean, test.cronbach_alpha, test.kr_20) == (2, 1, close(0), close(0))
    assert test.standard_error_of_measurement == close(sqrt(F(2, 3)))
    assert column(found, "learners") == [3, 3, 2]
    assert column(found, "intended_weight") == [0.5] * 3
    assert column(found, "alpha_if_deleted") == [None] * 3
    # a: x = 1 1 0, R = 1 0 0: cov (1 - 2/3) / 2 = 1/6, both variances 1/3, so 1/2; as sorted, so 1.
    # b: x = 1 0 0, R = 1 1 0: the same. c: x = 0 1, R = 1 0: -1.
    assert column(found, "discrimination_index") == [close(0.5), close(0.5), close(-1)]
    assert column(found, "discriminative_efficiency") == [close(1), close(1), close(-1)]
    # cov(x, T): a (3 - 2/3 * 3) / 2 = 1/2, b (2 - 1/3 * 3) / 2 = 1/2, c 0. Counted by 3/4, 3/4 and
    # 2/4 of the learners, so a and b have 1 / (3/4 + 3/4) = 2/3.
    assert column(found, "effective_weight") == [close(F(2, 3)), close(F(2, 3)), 0]
    assert any("Only 2 learners had it" in reason for reason in found.items[2].look)


def test_different_numbers_of_items_have_no_alpha():
    rows = [[1, 1, NAN], [1, NAN, 2], [NAN, 0, 2], [0, NAN, 1]]
    uneven = analyse(rows, [1, 1, 2], ["a", "b", "c"], pass_mark=50)
    assert uneven.test.mean is uneven.test.cronbach_alpha is None
    assert uneven.test.pass_rate == close(F(3, 4))  # 2/2, 3/3, 2/3, 1/3
    assert any("maximum totals differ" in warning for warning in uneven.warnings)
    rows = [[1, 1, NAN], [NAN, NAN, 2], [NAN, NAN, 0], [0, 1, NAN]]
    even = analyse(rows, [1, 1, 2], ["a", "b", "c"])
    assert (even.test.mean, even.test.cronbach_alpha) == (close(F(5, 4)), None)
    assert any("different numbers of items" in warning for warning in even.warnings)


# ---------------------------------------------------------------- many learners


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
    for one, two in pairs:
        assert one == pytest.approx(two, abs=0.015)


def test_computed_intervals_at_the_edges():
    rows = np.zeros((600, 3))
    rows[:300, :2] = 1
    found = analyse(rows, [1, 1, 2], ["a", "b", "c"])
    assert found.items[0].discrimination_interval == [1, 1]
    assert found.items[2].discrimination_interval is None
    assert found.test.alpha_interval[1] <= 1
    assert analyse(np.ones((600, 2)), [2, 2], ["a", "b"]).test.alpha_interval is None


# ---------------------------------------------------------------- a file of marks


def test_marks_are_read():
    marks, most, names, learners = read_marks((CASES / "marks.csv").read_text("utf-8"))
    assert names == ["asks", "listens", "shares", "plans"]
    assert learners == ["Ada", "Ben", "Cara", "Dai", "Elin", "Femi"]
    assert most.tolist() == [1, 1, 2, 4]
    assert marks[2].tolist() == [1, 0, 1, 3]


@pytest.mark.parametrize(
    ("text", "marks", "most"),
    [
        ("l,a\nx,1\nmax,1", [[1]], [1]),
        ("\ufeffl;a;b\r\nMAX;1;2\r\nx;0,5;-\r\n", [[0.5, NAN]], [1, 2]),
        ("l,a,b\nMax,1,1e1\nx,,.5\nx,1,5.\n", [[NAN, 0.5], [1, 5]], [1, 10]),
        ("l,a,\nx,1,\nmax,1,\n,,\n", [[1]], [1]),
        ('l,"a;b;c"\nx, 1 \nmax,1', [[1]], [1]),
        ("\n\nl,a,b\nx,0,0\nmax,0,1", [[0, 0]], [0, 1]),
        ("l,a\rx,1\rmax,1\r", [[1]], [1]),
    ],
)
def test_many_forms_are_read(text, marks, most):
    found, maxima, *_ = read_marks(text)
    np.testing.assert_array_equal(found, marks)
    assert maxima.tolist() == most


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("", 1, None, "there are no items"),
        ("learner\nx\nmax", 1, None, "there are no items"),
        ("l,a\nx,1", None, None, "add one that begins with max"),
        ("l,a\nmax,1", None, None, "there is no learner"),
        ("l,a\nmax,1\nx,1\nMax,1", 4, 1, "line 2 is a 'max' row already"),
        ("l,a\nmax,1\nx,one", 3, 2, "'one' for 'a' is no number"),
        ("l,a\nmax,1\nx,nan", 3, 2, "no number"),
        ("l,a\nmax,1\nx,1e999", 3, 2, "no number"),
        ("l,a\nmax,1\nx,1_0", 3, 2, "no number"),
        ('l,a\nmax,1\nx,"0,5"', 3, 2, "no number"),
        ("l,a,b\nmax,1,1\nx,0,5", 3, 3, "5 for 'b' is above its maximum of 1"),
        ("l,a\nmax,0\nx,1", 3, 2, "above its maximum of 0"),
        ("l,a\nmax,1\nx,-1", 3, 2, "below 0"),
        ("l,a\nmax,-1\nx,0", 2, 2, "below 0"),
        ("l,a\nmax,\nx,0", 2, 2, "'a' has no maximum"),
        ("l,a,b\nmax,1,1\nx,1", 3, 3, "the row has 2 cells, the first row 3"),
        ("l,a\nmax,1\nx,1,1", 3, 3, "the row has 3 cells, the first row 2"),
        ("l,a\nmax,1\n,1", 3, 1, "no learner"),
        ("l,a,b,a\nmax,1,1,1\nx,1,1,1", 1, 4, "column 2 is called 'a' too"),
        ("l,,b\nmax,1,1\nx,1,1", 1, 2, "the item has no name"),
        ('l,a\nmax,1\n"x,1', 3, None, "this is not CSV"),
        ('l,"a\nb"\nmax,1\nx,2', 4, 2, "above"),
    ],
)
def test_marks_that_cannot_be_read(text, line, column, says):
    with pytest.raises(MarksUnreadable, match=says) as caught:
        read_marks(text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert line is None or str(caught.value).startswith(f"line {line}")


# ---------------------------------------------------------------- options


def told(rows):
    return {row.option: (row.count, row.mean_rest) for row in rows}


def test_options_of_a_single_choice():
    rows = distractors(ITEMS["single"], ["ask", "warn", "ask", None, "gone"], [4, 8, 5, 1, 2])
    assert told(rows) == {
        "ask": (2, 4.5),
        "warn": (1, 8),
        "constructor": (0, None),
        None: (2, 1.5),
    }
    assert [row.key for row in rows] == [True, False, False, False]
    assert [row.share for row in rows] == [0.4, 0.2, 0, 0.4]
    assert rows[1].look == (
        "The 1 learner with this answer did better on the rest (8.00) than those with the key "
        "(4.50)."
    )
    assert [row.look for row in (rows[0], *rows[2:])] == [None] * 3


def test_options_of_a_multiple_response_count_if_picked():
    rows = distractors(ITEMS["multiple"], [["a", "b"], ["a", "c"], []], [3, 6, 0])
    assert told(rows) == {"a": (2, 4.5), "b": (1, 3), "c": (1, 6), "d": (0, None), None: (1, 0)}
    assert [row.key for row in rows] == [True, True, False, False, False]
    assert [row.option for row in rows if row.look] == ["c"]


def test_the_key_of_a_judgement_is_its_best_option():
    rows = distractors(ITEMS["judgement"], [], [])
    assert [row.option for row in rows if row.key] == ["well"]
    assert all((row.count, row.share, row.mean_rest) == (0, None, None) for row in rows)


def test_pairs_of_a_matching():
    given_ = [{"p": "a", "q": "b", "r": "c"}, {"p": "d", "q": "b"}, {}]
    rows = distractors(ITEMS["matching"], given_, [2, 5, 1])
    assert told(rows) == {
        "p:a": (1, 2),
        "p:d": (1, 5),
        "q:b": (2, 3.5),
        "r:a": (0, None),
        "r:c": (1, 2),
        None: (1, 1),
    }
    # Held against the key of the same prompt; nobody has that of r.
    assert [row.option for row in rows if row.look] == ["p:d"]
    assert rows[0].text == "p → a"


def test_neighbours_of_a_sequencing():
    rows = distractors(
        ITEMS["sequencing"],
        [["one", "two", "four", "three"], ["one", "two", "three", "four"]],
        [1, 2],
    )
    assert told(rows) == {
        "one>two": (2, 1.5),
        "two>three": (1, 2),
        "three>four": (1, 2),
        "four>three": (1, 1),
        "two>four": (1, 1),
        None: (0, None),
    }


def test_the_commonest_wordings_of_a_short_text():
    given_ = ["Open  question!", "open question", "closed", ""] + [f"w{n:02}" for n in range(20)]
    rows = distractors(ITEMS["short"], given_, [1.0] * len(given_))
    assert [row.option for row in rows][:3] == ["open question", "closed", "w00"]
    assert len(rows) == 11
    assert (rows[0].count, rows[0].key, rows[-1].option, rows[-1].count) == (2, True, None, 1)


def test_texts_of_options_are_plain():
    item = {**ITEMS["likert"], "options": [{"id": "n", "text": "<em>Never</em> &amp; not"}]}
    rows = distractors(item, ["n"], [NAN])
    assert [(row.text, row.key, row.mean_rest) for row in rows] == [
        ("Never & not", False, None),
        ("No answer", False, None),
    ]
    with pytest.raises(ValueError, match="1 responses, but 0"):
        distractors(item, ["n"], [])


# ---------------------------------------------------------------- guessing


def everything(item):
    """Every response of a random guesser, each as likely."""
    ids = [part["id"] for part in item.get("options") or item.get("answers") or item["steps"]]
    if item["type"] == "matching":
        prompts = [prompt["id"] for prompt in item["prompts"]]
        for answers in itertools.product(ids, repeat=len(prompts)):
            yield dict(zip(prompts, answers, strict=True))
    elif item["type"] == "sequencing":
        yield from map(list, itertools.permutations(ids))
    else:
        yield from ids


@pytest.mark.parametrize("name", ["single", "judgement", "negative", "matching", "sequencing"])
def test_guess_scores_are_the_mean_of_all_responses(name):
    item = ITEMS[name]
    earned = [score(item, response).raw / item["max"] for response in everything(item)]
    assert guess_score(item) == close(sum(earned) / len(earned))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("single", F(1, 3)),
        ("judgement", F(1, 2)),
        ("negative", F(1, 2)),
        ("matching", F(1, 4)),
        ("sequencing", F(1, 4)),
        ("short", 0),
        ("keyless", 0),
    ],
)
def test_guess_scores_by_hand(name, value):
    assert guess_score(ITEMS[name]) == close(value)


@pytest.mark.parametrize("name", ["multiple", "likert", "reflection"])
def test_some_guess_scores_are_not_known(name):
    assert guess_score(ITEMS[name]) is None


# ---------------------------------------------------------------- a quiz

QUIZ = {
    "id": "bank",
    "pass_mark": 50,
    "items": [ITEMS[n] for n in ("single", "multiple", "judgement", "likert", "reflection")],
}


def test_a_quiz():
    found = quiz_analysis(
        QUIZ,
        [
            (
                ["judgement", "single", "likert", "reflection"],
                {"single": "ask", "judgement": "partly", "likert": "often", "reflection": "So."},
            ),
            (["single", "judgement", "likert"], {"single": "warn", "multiple": ["a", "b"]}),
            (["single", "judgement", "gone"], {"judgement": "well", "gone": "x"}),
        ],
        pass_mark=60,
    )
    assert column(found, "item") == ["single", "multiple", "judgement"]
    assert column(found, "learners") == [3, 0, 3]
    assert column(found, "max") == [1, 3, 2]
    assert column(found, "facility") == [close(F(1, 3)), None, close(F(1, 2))]
    assert column(found, "random_guess_score") == [close(F(1, 3)), None, 0.5]
    assert (found.test.max, found.test.mean) == (3, close(F(4, 3)))  # 2, 0 and 2 of 3
    assert (found.test.pass_mark, found.test.pass_rate) == (60, close(F(2, 3)))
    assert set(found.distractors) == {"single", "multiple", "judgement", "likert"}
    assert told(found.distractors["single"])["ask"] == (1, 1)
    assert told(found.distractors["judgement"])[None] == (1, 0)
    assert told(found.distractors["likert"]) == {"never": (0, None), "often": (1, 2), None: (1, 0)}
    assert found.strategies == guesses(QUIZ)
    assert found.passing_strategies == [s for s, p in found.strategies.items() if p >= 60]
    json.dumps(found.as_json(), allow_nan=False)


def test_a_quiz_nobody_took_and_a_questionnaire():
    nobody = quiz_analysis(QUIZ, [])
    assert (nobody.test.learners, nobody.test.pass_mark) == (0, 50)
    scale = quiz_analysis(
        {"id": "q", "pass_mark": None, "items": [ITEMS["likert"]]},
        [(["likert"], {"likert": "often"})],
    )
    assert (scale.test.learners, scale.items) == (1, [])
    assert told(scale.distractors["likert"])["often"] == (1, None)
    assert scale.passing_strategies == []


# ---------------------------------------------------------------- a scenario


def steps(*pairs):
    return [{"node": node, "choice": choice} for node, choice in pairs]


def test_a_scenario():
    found = scenario_analysis(
        SCENARIOS["door"],
        [
            [*steps(("door", "ask")), {"node": "inside"}],  # trust 3, 2 of 2
            [*steps(("door", "ask")), {"node": "inside"}],
            steps(("door", "wait"), ("step", "leave")),  # trust 2, then 1; 1 of 4
            steps(("door", "warn"), ("step", "again"), ("door", "wait")),  # not at an end
            [],
        ],
    )
    assert (found.plays, found.finished) == (5, 3)
    assert [(p.choices, p.ending, p.count) for p in found.paths] == [
        (["ask"], "good", 2),
        ([], None, 1),
        (["wait", "leave"], "out", 1),
        (["warn", "again", "wait"], None, 1),
    ]
    door, step = found.decisions
    # The fourth play comes to the door and to the step twice.
    assert (door.node, door.reached, door.choices) == ("door", 6, {"ask": 2, "wait": 2, "warn": 1})
    assert door.share_well == close(F(2, 5))
    assert (step.reached, step.choices, step.share_well) == (3, {"again": 1, "leave": 1}, 0)
    assert found.transitions == [
        ("door", "step", 3),
        ("door", "inside", 2),
        ("step", "door", 1),
        ("step", "out", 1),
        ("inside", "good", 2),
    ]
    assert found.endings == {"good": 2, "out": 1}
    trust = found.meters["trust"]
    assert (trust.mean, trust.min, trust.max) == (close(F(7, 3)), 1, 3)
    assert trust.counts == {1: 1, 3: 2}
    assert found.mean_percent == close(F(225, 3))
    assert found.warnings == [
        "Only 5 plays: treat every figure below as a rough guess.",
        "2 of 5 plays did not reach an ending; endings, meters and percent leave them out.",
    ]
    json.dumps(found.as_json(), allow_nan=False)


def test_a_scenario_nobody_played():
    found = scenario_analysis(SCENARIOS["door"], [])
    assert (found.plays, found.paths, found.mean_percent) == (0, [], None)
    assert found.decisions[0].share_well is found.meters["trust"].mean is None
    assert found.warnings == ["Nobody has played: there is nothing to analyse."]


# ---------------------------------------------------------------- before and after


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
    one = change([1], [3], paired)
    assert (one.difference, one.hedges_g, one.hedges_g_interval) == (2, None, None)
    still = change([0.1] * 5, [0.3] * 5, paired)
    assert still.hedges_g is still.hedges_g_interval is None
    assert still.difference_interval == [close(0.2), close(0.2)]
    json.dumps(still.as_json(), allow_nan=False)
    assert change(np.arange(40), np.arange(40) + 1, paired).warnings == []
