"""What must not matter: the order of learners, the size of a mark."""

from __future__ import annotations

import json

from analysed import close, flat, partial, quick
from hypothesis import given
from hypothesis import strategies as st

from collabcomm.results.analysis import analyse


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
    for before, after in zip([first.test, *first.items], [second.test, *second.items], strict=True):
        for name, value in vars(before).items():
            if isinstance(value, float):
                in_marks = name in marks and (before is first.test or name in ("max", "mean"))
                assert getattr(after, name) == close(value * (factor if in_marks else 1)), name
            elif name != "look":
                assert getattr(after, name) == value or isinstance(value, list), name
