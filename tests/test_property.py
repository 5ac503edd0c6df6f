"""Random stories and answers lead to the same place in Python and in the player."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collabcomm.engine.items.short_text import normalise
from collabcomm.engine.path import play
from collabcomm.engine.scoring import score
from collabcomm.player.join import page_scripts

NAMES = ["a", "b", "c", "d", "e"]
NODES = [*NAMES, "end", "stop"]
ITEM = {
    "id": "i",
    "type": "multiple-response",
    "points": 2,
    "max": 2,
    "options": [{"id": x} for x in "xyz"],
    "weights": {"x": 1, "y": 1, "z": -1},
}
METERS = [
    {"id": "trust", "start": 2, "min": 0, "max": 4},
    {"id": "time", "start": -1, "min": -3, "max": 3},
]

moves = st.dictionaries(st.sampled_from(["trust", "time"]), st.integers(-5, 5))
simple = st.one_of(
    st.fixed_dictionaries(
        {
            "meter": st.sampled_from(["trust", "time", "points"]),
            "op": st.sampled_from([">=", "<=", ">", "<", "==", "!="]),
            "value": st.integers(-3, 4),
        }
    ),
    st.fixed_dictionaries({"visited": st.sampled_from(NODES), "is": st.booleans()}),
    st.fixed_dictionaries(
        {
            "picked": st.sampled_from([f"{node}.{key}" for node in NAMES for key in "pqrxy"]),
            "is": st.booleans(),
        }
    ),
    st.fixed_dictionaries({"right": st.sampled_from(NODES), "is": st.booleans()}),
)
either = st.lists(st.lists(simple, max_size=2), max_size=2).map(lambda ways: {"either": ways})
tests = st.lists(st.one_of(simple, either), max_size=2)
also = st.lists(st.fixed_dictionaries({"when": tests, "by": moves}), max_size=2)
gotos = st.lists(
    st.fixed_dictionaries({"node": st.sampled_from(NODES), "when": tests}), min_size=1, max_size=3
)
choices = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from("pqr"),
            "points": st.sampled_from([0, 1, 2]),
            "effects": moves,
            "also": also,
            "skills": moves,
            "goto": gotos,
        }
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda choice: choice["id"],
)
nodes = st.one_of(
    choices.map(lambda c: {"kind": "decision", "choices": c}),
    gotos.map(lambda g: {"kind": "passage", "goto": g}),
    st.tuples(gotos, moves, also).map(
        lambda g: {"kind": "item", "item": ITEM, "goto": g[0], "effects": g[1], "also": g[2]}
    ),
)
stories = st.fixed_dictionaries(dict.fromkeys(NAMES, nodes)).map(
    lambda n: {
        "start": "a",
        "meters": METERS,
        "chairs": [{"who": "p", "start": "b", "role": ""}],
        "nodes": {**n, "end": {"kind": "ending"}, "stop": {"kind": "ending"}},
    }
)


@st.composite
def walks(draw):
    """A story with steps that mostly fit it, so that paths grow long."""
    story = draw(stories)
    steps = []
    for _ in range(draw(st.integers(0, 12))):
        at = play(story, steps).at if draw(st.integers(0, 15)) else draw(st.sampled_from(NODES))
        kind = story["nodes"][at]["kind"]
        step = {"node": "b" if kind == "ending" else at}
        if kind == "decision":
            ids = [choice["id"] for choice in story["nodes"][at]["choices"]]
            step["choice"] = draw(st.sampled_from([*ids, ids[0], "unknown"]))
        elif kind == "item":
            step["response"] = draw(st.sampled_from([["x"], ["x", "y"], ["z", "q"], [], "x", None]))
        steps.append(step)
    return story, steps


@pytest.fixture
def module(site, visitor):
    site.files |= {f"/{name}": script for name, script in page_scripts().items()}
    site.files["/"] = "<!DOCTYPE html><title>Empty</title>"
    tab = visitor().open(f"{site.url}/")
    return lambda calls: tab.evaluate(
        """async calls => {
             const module = {...await import('/player.js'), ...await import('/story.js')};
             return calls.map(([name, ...given]) => module[name](...given)) }""",
        calls,
    )


def test_random_stories_play_the_same_in_both(module):
    lengths = []
    seated = 0

    @settings(max_examples=25, deadline=None, database=None, derandomize=True)
    @given(st.lists(walks(), min_size=12, max_size=12))
    def check(cases):
        nonlocal seated
        found = module([["play", story, steps] for story, steps in cases])
        for (story, steps), other in zip(cases, found, strict=True):
            path = play(story, steps)
            lengths.append(path.used)
            keys = ("nodes", "meters", "choices", "raw", "max", "ending", "used")
            assert {k: other[k] for k in keys} == {k: getattr(path, k) for k in keys}
            facts = [(f.meters, f.visited, f.picked, f.right, f.points) for f in path.after]
            assert [
                (f["meters"], *(set(f[k]) for k in ("visited", "picked", "right")), f["points"])
                for f in other["after"]
            ] == facts
            seated += len(path.nodes) - path.nodes.index(path.ending) > 2 if path.ending else 0

    check()
    assert max(lengths) >= 5
    assert seated > 10


def test_random_answers_score_the_same_in_both(module):
    answers = st.one_of(
        st.lists(st.sampled_from(["x", "y", "z", "w", 1, None]), max_size=5),
        st.text(max_size=3),
        st.none(),
        st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
    )

    @settings(max_examples=15, deadline=None, database=None, derandomize=True)
    @given(st.lists(answers, min_size=20, max_size=20))
    def check(cases):
        found = module([["score", ITEM, response] for response in cases])
        mine = [score(ITEM, response) for response in cases]
        assert found == [{"raw": marks.raw, "max": marks.max} for marks in mine]

    check()


def test_random_texts_are_normalised_the_same_in_both(module):
    letters = st.characters(codec="utf-8", categories=("L", "P", "Zs", "N"), max_codepoint=0x24F)

    @settings(max_examples=15, deadline=None, database=None, derandomize=True)
    @given(st.lists(st.text(letters, max_size=12), min_size=20, max_size=20))
    def check(cases):
        assert module([["normalise", text] for text in cases]) == [normalise(t) for t in cases]

    check()
