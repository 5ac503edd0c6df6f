"""What ``check`` proves of a scenario: each promise broken on its own earns its sentence."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from collabcomm.course.check import check
from collabcomm.course.compiler import Compiler
from collabcomm.course.loader import load
from collabcomm.course.problems import CourseError
from collabcomm.engine.path import play, skills_of, told
from collabcomm.engine.proof import prove
from collabcomm.engine.replay import read_choices, replay, tokens_of

CONTENT = Path(__file__).parent / "content"
STORY = "scenarios/promise.yml"
OPEN = 'asserts: [kitchen, "safety >= 2"]'


@pytest.fixture
def root(tmp_path):
    return Path(shutil.copytree(CONTENT / "course", tmp_path / "course"))


def problems(root, *edits):
    """Return the problems of the story of the small course after some edits."""
    file = root / STORY
    text = file.read_text("utf-8")
    for old, new in edits:
        assert text.count(old) == 1, (text.count(old), old)
        text = text.replace(old, new)
    file.write_text(text, "utf-8")
    try:
        return [str(p) for p in check(load(root)) if p.file == STORY]
    except CourseError as error:
        return [str(p) for p in error.problems]


def story():
    return Compiler(load(CONTENT / "course").course).scenario("promise")


def test_a_story_that_keeps_what_it_says_has_no_problem(root):
    assert problems(root) == []


BROKEN = {
    "unknown choice": (
        [("when: chose kitchen.promise, text: He", "when: chose kitchen.promised, text: He")],
        "no choice 'kitchen.promised'. Did you mean 'kitchen.promise'?",
    ),
    "unknown answer": (
        [("answered form.lead", "answered form.led")],
        "no answer 'form.led'. Did you mean 'form.lead'?",
    ),
    "no item to answer": (
        [("when: correct form", "when: correct kitchen")],
        "no node with an item 'kitchen'.",
    ),
    "unknown skill": ([("skills: {candour: 1}", "skills: {candor: 1}")], "no skill 'candor'."),
    "unknown chair": ([("chairs: [{who: tomos,", "chairs: [{who: tomas,")], "no person 'tomas'."),
    "a meter called points": (
        [("id: safety", "id: points")],
        "'points' are those earned so far. Give the meter another id",
    ),
    "asserted and never so": (
        [("asserts: [kitchen.honest]", "asserts: [kitchen.honest and kitchen.promise]")],
        "no way that shows this text fulfils 'kitchen.honest and kitchen.promise'. Mend one of",
    ),
    "asserted and not on every way": (
        [(OPEN, "asserts: [kitchen.honest]")],
        "the text is shown where 'kitchen.honest' is not so: replay promise --choices ",
    ),
    "repairs what nothing reaches": (
        [("repairs: kitchen.promise", "repairs: note.label")],
        "no way that comes here has passed 'note.label' before",
    ),
    "repairs what is well": (
        [("repairs: kitchen.promise", "repairs: kitchen.honest")],
        "'kitchen.honest' is not poorly supported, so there is nothing to repair. Leave it out",
    ),
    "repairs nothing": (
        [("repairs: kitchen.promise", "repairs: kitchen.vow")],
        "no choice 'kitchen.vow'.",
    ),
    "reads itself": (
        [("when: chose kitchen.promise, text: He", "when: chose landing.ring, text: He")],
        "circular: 'landing' reads itself, which is decided only here or later. Name something",
    ),
    "reads what comes later": (
        [("when: chose kitchen.promise, text: He", "when: visited note, text: He")],
        "circular: 'landing' reads 'note', which is decided only here or later. Name something",
    ),
    "contested without arguments": (
        [("        arguments: {for: It is his risk., against: It is not his alone.}\n", "")],
        "a contested choice needs 'arguments' with 'for' and 'against', and only that one",
    ),
    "one argument": (
        [("{for: It is his risk., against: It is not his alone.}", "{for: It is his risk.}")],
        "'against' is missing",
    ),
    "a meter that never moves": (
        [("  - {id: trust,", "  - {id: calm, label: Calm, start: 1}\n  - {id: trust,")],
        "never moves: no effect on any way changes it. Add one, or drop it",
    ),
    "changes nothing": (
        [
            (
                "support: partly\n        effects: {safety: 1}\n        consequence: Jen",
                "support: well\n        effects: {trust: 1}\n        consequence: Jen",
            )
        ],
        "changes nothing that follows: after it and after 'kept' all goes on alike. Let another",
    ),
    "undeserved": (
        [('when: "safety >= 2 and points >= 6"', 'when: "safety >= 1"')],
        "a good ending is reached with more than one poorly supported choice that nothing repairs",
    ),
    "unforgiving": (
        [("safety >= 2 and points >= 6", "safety >= 2 and points >= 8")],
        "no way with one poorly supported choice at the first or second decision reaches a good",
    ),
    "too many end well": (
        [("safety >= 2 and points >= 6", "points >= 4 and not chose note.label")],
        " % of its ",
    ),
    "the longest is the best": (
        [
            ("text: I can't promise that.", "text: I can't promise that today."),
            ("text: Go back and say it.", "text: Go back and say it all."),
        ],
        "the best choice is the longest in 2 of 4 decisions (kitchen, note); 40% is the",
    ),
    "lengths that tell": (
        [("text: Wait a week for him.", "text: Wait a week for him, and see what he says then.")],
        "the longest choice has 47 characters, the shortest 22; 25% more is the most. Bring",
    ),
    "always holds": (
        [("when: chose kitchen.promise, text: He", "when: visited kitchen, text: He")],
        "holds on every way that comes here. Drop it",
    ),
    "never holds": (
        [("when: chose kitchen.promise, text: He", "when: trust >= 9, text: He")],
        "never holds on any way that comes here. Drop it",
    ),
    "otherwise of what": (
        [("when: chose kitchen.promise, text: He says your words back.", "text: He waits.")],
        "'otherwise' needs a 'when'; without one the text is always told",
    ),
    "a chair in the story": (
        [("start: tomos-door, role", "start: landing, role")],
        "node 'landing': is the story's and a chair's. Give the chair its own node",
    ),
    "not poorly written": (
        [('when: "safety >= 2 and points >= 6"', 'when: "safety >> 2"')],
        "'safety >> 2' is no condition; write 'trust >= 3', 'not visited some-node' or ",
    ),
    "a prompt for the whole": (
        [("prompts: [What was said first?]", "prompts: [{when: visited note, text: Who?}]")],
        "the prompts for the whole have no condition",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_promise_earns_its_sentence(root, name):
    edits, sentence = BROKEN[name]
    found = problems(root, *edits)
    assert any(sentence in problem for problem in found), found
    assert all(problem.startswith(f"{STORY}:") for problem in found)


def test_the_way_that_a_problem_names_shows_it(root):
    (found,) = problems(root, (OPEN, "asserts: [kitchen.honest]"))
    tokens = found.partition("--choices ")[2].partition(". ")[0].split(",")
    steps, path = read_choices(story(), tokens)
    assert path.at == "open"
    assert {"node": "kitchen", "choice": "honest"} not in steps


def test_tokens_and_steps_are_each_others():
    scenario = story()
    for way in (replay(scenario).best, replay(scenario).worst_good):
        assert read_choices(scenario, tokens_of(scenario, way.steps))[0] == way.steps


def test_a_replay_counts_endings_and_names_the_ways_that_matter():
    scenario = story()
    walk = replay(scenario)
    assert sum(walk.endings.values()) == walk.paths
    assert set(walk.endings) == {"open", "letterbox", "too-late"}
    assert walk.share(scenario, "good") == walk.endings["open"] / walk.paths
    assert 0.05 <= walk.share(scenario, "good") <= 0.4
    assert (walk.worst_good.ending, walk.best_poor.ending) == ("open", "too-late")
    assert walk.worst_good.raw < walk.best.raw
    assert set(walk.chairs["tomos-door"]) == {"tomos-shut", "tomos-in"}


def test_nothing_is_proved_where_nothing_is_asked():
    proof = prove(story(), [])
    assert proof.seen == []
    assert proof.undeserved is None
    assert proof.forgiving


def test_a_chair_hears_what_was_said_in_the_story():
    scenario = story()
    promised, _ = read_choices(scenario, ["promise", "ring", "own", "both", "lead"])
    honest, _ = read_choices(scenario, ["honest", "ring", "own", "both", "lead"])
    for steps, word in ((promised, "nobody"), (honest, "straight")):
        path = play(scenario, [*steps, {"node": "tomos-door"}])
        node = scenario["nodes"][path.at]
        assert word in told(node["scene"], path.facts[-1])
        raw, ending = path.raw, path.ending
        after = play(
            scenario, [*steps, {"node": "tomos-door"}, {"node": "tomos-door", "choice": "shut"}]
        )
        assert (after.at, after.raw, after.ending) == ("tomos-shut", raw, ending)


def test_skills_add_up_to_what_was_done_of_what_could_be():
    scenario = story()
    steps, path = read_choices(scenario, ["promise"])
    assert len(steps) == 1
    assert skills_of(scenario, path) == {"candour": (-1, 1)}
