"""A quiz, its options and its guessers."""

from __future__ import annotations

import json
from fractions import Fraction as F

from analysed import ITEMS, close, column, told

from collabcomm.course.coverage import guesses
from collabcomm.results.analysis.quiz import quiz_analysis

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
