"""Tables of marks, in the forms people save them."""

from __future__ import annotations

import numpy as np
import pytest
from analysed import CASES, NAN

from collabcomm.results.analysis.marks import MarksUnreadable, read_marks


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
