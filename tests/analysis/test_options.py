"""What became of each option."""

from __future__ import annotations

import pytest
from analysed import ITEMS, NAN, told

from collabcomm.results.analysis.options import distractors


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
