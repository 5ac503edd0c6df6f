"""What an answer at random earns."""

from __future__ import annotations

import itertools
from fractions import Fraction as F

import pytest
from analysed import ITEMS, close

from collabcomm.engine.scoring import score
from collabcomm.results.analysis.quiz import guess_score


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


@pytest.mark.parametrize("name", ["multiple", "likert", "reflection", "composition"])
def test_some_guess_scores_are_not_known(name):
    assert guess_score(ITEMS[name]) is None
