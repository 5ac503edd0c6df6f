"""Figures of a test and its items against values worked by hand.

Where a function of R has the same formula, its call stands beside the value; ``x`` are the marks.
"""

from __future__ import annotations

import json
from fractions import Fraction as F
from math import sqrt

from analysed import NAN, close, column, six

from collabcomm.results.analysis import analyse

# Six learners, worked by hand.
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
    # R: T <- rowSums(x); sd(T)
    assert test.standard_deviation == close(sqrt(F(22, 5)))
    # Sums of powers: cubes 27 + 8 - 1 - 8 - 8 = 18, fourths 81 + 16 + 1 + 16 + 16 = 130; so
    # m2 = 22/6 = 11/3, m3 = 3, m4 = 65/3.
    # k3 = 36 * 3 / (5 * 4) = 27/5
    # R: e1071::skewness(T, type = 2)
    assert test.skewness == close(F(27, 5) / sqrt(F(22, 5)) ** 3)
    # k4 = 36 (7 * 65/3 - 3 * 5 * 121/9) / (5 * 4 * 3) = 36 (455/3 - 605/3) / 60 = -30
    # R: e1071::kurtosis(T, type = 2)
    assert test.kurtosis == close(F(-30) / F(22, 5) ** 2)
    # alpha = 4/3 (1 - 2 / (22/5)) = 4/3 * 12/22 = 8/11
    # R: psych::alpha(x)$total$raw_alpha
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
    # R: cor(x[, i], rowSums(x[, -i]))
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
    # R: psych::alpha(x)$alpha.drop$raw_alpha
    assert column(found, "alpha_if_deleted") == [
        close(v) for v in (F(15, 23), F(24, 29), F(3, 5), F(3, 7))
    ]


def test_everything_is_plain_json():
    told = analyse(*six(), pass_mark=50).as_json()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert set(told) == {"test", "items", "warnings"}
    assert list(told["items"][0])[:4] == ["item", "learners", "max", "mean"]
    assert told["warnings"] == [
        "Only 6 learners: treat every figure below as a rough guess; the intervals show how rough."
    ]


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
