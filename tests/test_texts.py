"""What is said of words and numbers."""

from __future__ import annotations

import pytest

from collabcomm.texts import catalogue, counted


@pytest.mark.parametrize(
    ("number", "what", "words"),
    [
        (1, "play", "1 play"),
        (0, "play", "0 plays"),
        (2, "entry", "2 entries"),
        (2, "quiz", "2 quizzes"),
        (1234, "learner", "1,234 learners"),
    ],
)
def test_a_number_stands_with_its_noun(number, what, words):
    assert counted(number, what) == words


def test_a_list_of_the_catalogue_is_a_text_of_a_line_an_entry():
    entries = catalogue("pack", "en")["safe.text"].splitlines()
    assert len(entries) > 3
    assert entries[0] == "You may pass at any time, and you need not say why."
