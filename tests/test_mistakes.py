"""One small change to a sound course, and the sentence that its author gets."""

from __future__ import annotations

import shutil

import pytest

from collabcomm.course.check import check
from collabcomm.course.compiler import Compiler
from collabcomm.course.coverage import report
from collabcomm.course.loader import load
from collabcomm.course.problems import CourseError
from collabcomm.engine import walk
from folders import SMALL

STORY, TYPES, BANK = "scenarios/doorstep.yml", "quizzes/types.yml", "quizzes/bank.yml"
LOCAL, PAGE = "modules/visiting/local.yml", "modules/visiting/at-the-door.md"
MODULE, CLAIMS, SOURCES = "modules/visiting/module.yml", "book/evidence.yml", "book/references.bib"
HELP = "support.yml"
FORM, COMPOSED = "quizzes/form-a.yml", "items:\n"
COMPOSITION = (
    "{id: n, type: composition, stem: So?, words: 40, model: So., "
    "checklist: [{id: a, text: A}, {id: b, text: B}]}"
)


def problems(root):
    try:
        return check(load(root))
    except CourseError as error:
        return error.problems


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        # what no model takes
        (
            TYPES,
            "- id: single\n    type: single-choice",
            "- id: single",
            "'type' is missing; it says what kind of item",
        ),
        (TYPES, "purpose: practice", "purpose: practise", "'practise' is not one of practice,"),
        (TYPES, "id: single\n", "id: Single\n", "'Single' is no id; use small letters"),
        (TYPES, "sources: [brehm1966]", "sources: [Brehm-1966]", "does not have the form"),
        (TYPES, "points: 2", "points: 0", "input should be greater than or equal to 1"),
        (
            TYPES,
            "stem: How sure are you?",
            "stem:",
            "got nothing (write a value, or remove the key)",
        ),
        (TYPES, "stem: How sure are you?", "stem: {a: b}", "got keys with values (quote a text"),
        (TYPES, "stem: How sure are you?", "stem: [a]", "got a list"),
        (TYPES, "type: single-choice\n", "type: single-choice\n    kye: 1\n", "unknown key 'kye'"),
        (TYPES, "points: 2", "? [a]\n    : b", "a key must be a word"),
        (TYPES, "points: 2", "points: !!python/object:os {a: b}", "is not allowed; write a plain"),
        (TYPES, "points: 2", "points: !!python/list [a]", "is not allowed; write a plain"),
        (TYPES, "points: 2", "points: !!int x", "expected a whole number, got 'x'"),
        (TYPES, "points: 2", "points: !!bool x", "is not allowed; write a plain"),
        # what the fields of a quiz or an item say together
        (
            TYPES,
            "module: visiting\nlesson: at-the-door\n",
            "",
            "'module' is missing; it says where",
        ),
        (TYPES, "lesson: at-the-door", "lesson: at-the-dor", "Did you mean 'at-the-door'?"),
        (TYPES, "outcome: listen\n    level: apply", "level: apply", "'outcome' is missing"),
        (
            TYPES,
            "basis: theory\n    sources: [brehm1966]\n    stem: What k",
            "stem: What k",
            "'basis'",
        ),
        (TYPES, "claims: [claim-a]\n", "claims: []\n", "basis is 'summary', so name the claims"),
        (
            TYPES,
            "What comes first?",
            "Which, or all of the above?",
            "tests guessing. Ask one thing",
        ),
        (
            TYPES,
            "She alone, support: partly",
            "She alone, support: well",
            "exactly one well-supported",
        ),
        (TYPES, "answer: call}", "answer: cal}", "no answer 'cal'. Did you mean 'call'?"),
        (TYPES, "explanation: A call comes before a visit.", "points: 1", "feedback is missing"),
        (
            TYPES,
            "explanation: Nobody knocks after they have asked.",
            "points: 1",
            "feedback is miss",
        ),
        (TYPES, "explanation: Brehm gave it the name.", "points: 1", "feedback is missing"),
        (TYPES, "text: psychological reactance", "text: '?!'", "nothing is left of it to compare"),
        (TYPES, "text: psychological reactance", "text: Reactance!", "reads the same as entry 1"),
        (BANK, "pass_mark: 80\n", "", "a graded quiz needs a pass_mark (percent)"),
        (BANK, "draw: {items: 6}", "draw: {items: 13}", "draw asks for 13 items, the bank has 12"),
        (TYPES, "words: 40", "words: 4", "greater than or equal to 10"),
        (TYPES, "      - {id: when, text: I wrote *when* I came}\n", "", "at least 2 items"),
        (
            BANK,
            COMPOSED,
            f"{COMPOSED}  - {COMPOSITION}\n",
            "so a graded quiz cannot have one. Move it to",
        ),
        (FORM, COMPOSED, f"{COMPOSED}  - {COMPOSITION}\n", "so a questionnaire cannot have one."),
        (
            STORY,
            "    goto: step\n",
            f"    goto: step\n  n: {{scene: N, item: {COMPOSITION}, goto: step}}\n",
            "stays on the learner's device, so a scenario cannot have one.",
        ),
        # what a module names
        (MODULE, "strand: visiting", "strand: visitin", "no strand 'visitin'. Did you mean"),
        (MODULE, "quiz: bank", "quiz: bnak", "no quiz 'bnak'. Did you mean 'bank'?"),
        (MODULE, "quiz: bank", "quiz: types", "quiz 'types' is for practice, not graded"),
        # what the nodes of a story say together
        (STORY, "module: visiting", "module: visitin", "no module 'visitin'. Did you mean"),
        (STORY, "start: doorway", "start: dorway", "no node 'dorway'. Did you mean 'doorway'?"),
        (
            STORY,
            "trust >= 3 and together",
            "visited halls and together",
            "no node 'halls'. Did you mean 'hall'?",
        ),
        (STORY, "kind: good}\n", "kind: good}\n    goto: later\n", "an ending leads nowhere"),
        (STORY, "    debrief: A way in is left.\n", "", "an ending needs a debrief"),
        (STORY, "scene: She shows", "debrief: So.\n    scene: She shows", "only an ending has a"),
        (STORY, "ask: What now?\n", "goto: later\n    ask: What now?\n", "not both"),
        (STORY, "    ask: What now?\n", "", "a node with choices needs `ask`"),
        # what a story leads to
        (
            STORY,
            '3 and together >= 2", node: plan}, {node: later}]',
            '5", node: plan}]',
            "dead end: there is a way here on which no goto holds",
        ),
        # evidence
        (CLAIMS, "refs: [1]", "refs: [2]", "no entry 'ref02' in book/references.bib"),
        (CLAIMS, "section: one,", "section: two,", "no section 'two'"),
        (SOURCES, "{A theory}", "{A theory", "not valid BibTeX:"),
        (
            SOURCES,
            "urldate = {2026-11-24}",
            "urldate = {24.11.}",
            "'24.11.' is no day; write it as",
        ),
        (SOURCES, "url = {https://law.example/doors/5}, ", "", "and not where. Add its url"),
        (PAGE, "{law}`doors2014s5`", "{law}`brehm1966`", "is law without url and urldate in"),
        # how things run in one place
        (LOCAL, "lesson: at-the-door", "lesson: at-the-dor", "Did you mean 'at-the-door'?"),
        (LOCAL, "lesson: at-the-door", "lesson: afterwards", "afterwards.md does not show it. Put"),
        (
            LOCAL,
            "sources: [doors",
            "sources: [dors",
            "no entry 'dors2014s5' in book/references.bib",
        ),
        (LOCAL, "reviewed: 2026-11-24", "reviewed: 2026-11-31", "'2026-11-31' is no day; write it"),
        (LOCAL, "review_by: 2100-05-31", "review_by: soon", "'soon' is no day; write it as 2026"),
        (LOCAL, "sources: [doors2014s5, bells]", "sources: []", "should have at least 1 item"),
        (MODULE, "{day: 2026-11-24,", "{date: 2026-11-24,", "unknown key 'date'. Known keys: day"),
        (HELP, "https://weather.example/", "weather", "'weather' is no web address; write the w"),
        (HELP, "https://www.desk.example/", "javascript:a", "'javascript:a' is no web address"),
        (HELP, "seen: 2026-11-24", "seen: soon", "'soon' is no day; write it as 2026"),
        (HELP, "leave: {", "exit: {", "unknown key 'exit'. Known keys: leave, lines, place"),
        (PAGE, ":part: 1", ":part: one", "':part:' is missing. Write its number below it"),
        (PAGE, ":part: 1", ":part: 2", "part 2 of 'the-gate' stands in modules/visiting/after"),
        (PAGE, ":part: 1", ":part: 4", "part 4 of 'the-gate' comes without part 3. Number the"),
        (PAGE, "{procedure} ring-first", "{procedure} ring-frst", "Did you mean 'ring-first'?"),
        (SOURCES, "confidence: own-knowledge", "sure", "note must begin with 'confidence: '"),
    ],
)
def test_a_mistake_earns_its_sentence(tmp_path, file, old, new, message):
    root = shutil.copytree(SMALL, tmp_path / "course")
    text = (root / file).read_text("utf-8")
    assert old in text
    (root / file).write_text(text.replace(old, new, 1), "utf-8")
    found = [str(problem) for problem in problems(root)]
    assert any(line.startswith(file) and message in line for line in found), "\n".join(found)


def test_a_folder_that_is_no_course_is_named(tmp_path):
    assert "no course folder: it has no course.yml" in str(problems(tmp_path)[0])


def test_claims_of_a_course_without_their_file_are_unknown(tmp_path):
    root = shutil.copytree(SMALL, tmp_path / "course")
    (root / CLAIMS).unlink()
    assert "no claim 'claim-a'" in "\n".join(map(str, problems(root)))


def test_a_story_too_wide_to_walk_is_said_once_and_still_compiles(monkeypatch):
    monkeypatch.setattr(walk, "MAX_STATES", 1)
    loaded = load(SMALL)
    found = check(loaded)
    assert {problem.file for problem in found} == {
        f"scenarios/{name}.yml" for name in loaded.course.scenarios
    }
    assert {p.message for p in found} == {"more than 1 states; use fewer meters or loops"}
    assert Compiler(loaded.course).scenario("doorstep")["best"] == []
    assert [line.split()[-1] for line in report(loaded.course) if "doorstep" in line] == ["many"]
