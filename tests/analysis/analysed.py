"""What the tests of the analysis share: a table worked by hand, and small readers."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from collabcomm.results.analysis.marks import read_marks

CASES = Path(__file__).parents[1] / "cases"
ITEMS = json.loads((CASES / "scoring.json").read_text("utf-8"))["items"]
SCENARIOS = json.loads((CASES / "play.json").read_text("utf-8"))["scenarios"]
NAN = math.nan


def close(value):
    return pytest.approx(float(value), rel=1e-9, abs=1e-9)


def six() -> tuple:
    marks, most, names, _learners = read_marks((CASES / "marks.csv").read_text("utf-8"))
    return marks, most, names


def told(rows):
    return {row.option: (row.count, row.mean_rest) for row in rows}


def column(analysis, field):
    return [getattr(item, field) for item in analysis.items]


tables = st.tuples(st.integers(3, 12), st.integers(2, 5)).flatmap(
    lambda shape: arrays(np.int64, shape, elements=st.integers(0, 1))
)
quick = settings(max_examples=40, deadline=None, database=None, derandomize=True)
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
