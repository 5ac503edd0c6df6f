"""What is said of words and numbers."""

from __future__ import annotations

import pytest

from collabcomm.texts import counted


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
