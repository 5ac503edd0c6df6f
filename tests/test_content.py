"""What this course says: each thing once, in its own words, on pages that a phone can take."""

from __future__ import annotations

import gzip
import re
from collections import defaultdict

import pytest

from collabcomm.course.compiler import Compiler
from collabcomm.course.coverage import claim_uses, guesses, outcome_uses
from collabcomm.course.loader import load
from collabcomm.course.prose import passages
from collabcomm.course.runs import runs_of, shared_runs
from collabcomm.course.wording import missing_terms
from collabcomm.engine.graph import own_nodes
from collabcomm.engine.path import play
from collabcomm.engine.replay import replay
from folders import REPO

LOADED = load(REPO)
COURSE = LOADED.course
COMPILER = Compiler(COURSE)
LESSONS = {
    f"modules/{module.id}/{lesson.id}": lesson
    for module in COURSE.modules.values()
    for lesson in module.lessons
}
# Said on every lesson on purpose.
ALWAYS = re.compile(r"[Pp]lease (do not )?name (nobody|the people|no one)[\w ]*you support")
BUDGET = 100_000  # bytes, gzip: the first view of a lesson


def test_no_two_lessons_say_the_same():
    said = defaultdict(set)
    for file, _, text, _ in passages(LOADED):
        if file.removesuffix(".md") in LESSONS:
            for run in runs_of(ALWAYS.sub("", text), 10):
                said[run].add(file)
    assert {" ".join(run): files for run, files in said.items() if len(files) > 1} == {}


def test_no_lesson_repeats_the_register():
    register = ". ".join(claim.statement for claim in COURSE.claims.values())
    lessons = [
        (file, line, words)
        for file, line, words in shared_runs(LOADED, register, 10)
        if file.removesuffix(".md") in LESSONS
    ]
    assert lessons == []


def test_every_claim_has_its_chapter_and_is_used():
    uses = claim_uses(COURSE)
    assert len(uses) == 134
    assert {name for name, use in uses.items() if use.chapter is None or not use.used} == set()


@pytest.mark.parametrize("module", COURSE.modules.values(), ids=lambda module: module.id)
def test_a_module_is_complete(module):
    bank = COURSE.quizzes[module.quiz]
    assert len(module.lessons) >= 6
    assert len(module.scenarios) >= 3
    assert len(bank.items) >= 36
    assert all(use.graded >= 2 for use in outcome_uses(COURSE, module).values())
    assert all(COURSE.practice(lesson.id) for lesson in module.lessons)
    assert module.workshop


@pytest.mark.parametrize("module", COURSE.modules.values(), ids=lambda module: module.id)
def test_guessing_does_not_pass(module):
    earned = guesses(COMPILER.quiz(module.quiz))
    for strategy, points in earned.items():
        assert points <= min(COURSE.quizzes[module.quiz].pass_mark - 15, earned["chance"] + 15), (
            strategy
        )


def test_the_questionnaires_are_parallel():
    a, b = (COURSE.quizzes[f"questionnaire-{form}"].items for form in "ab")
    assert [(x.id, x.outcome, x.type) for x in a] == [(x.id, x.outcome, x.type) for x in b]
    ratings = [x for x in a if x.type == "likert"]
    assert ratings == [x for x in b if x.type == "likert"]
    situations = {x.stem for x in (*a, *b) if x.type != "likert"}
    assert len(situations) == len(a) + len(b) - 2 * len(ratings)
    assert {COURSE.module_of_lesson(lesson.id).id for lesson in LESSONS.values()} == set(
        COURSE.modules
    )


def test_no_situation_is_asked_twice():
    seen = defaultdict(list)
    for name, quiz in COURSE.quizzes.items():
        for item in quiz.items:
            if item.type != "likert":
                seen[item.stem].append((name, item.id))
    assert [places for places in seen.values() if len(places) > 1] == []


def test_terms_that_lessons_introduce_are_in_the_glossary():
    introduced = {
        term: places
        for term, places in missing_terms(LOADED).items()
        if " " in term and term.islower() and any("modules/" in place for place in places)
    }
    assert introduced == {}


def test_every_lesson_leaves_one_card_to_print_or_save():
    kinds = {page: [m.kind for m in COURSE.pages[page].mentions] for page in LESSONS}
    assert {page: kind.count("tool") for page, kind in kinds.items()} == dict.fromkeys(LESSONS, 1)


@pytest.mark.parametrize("page", LESSONS)
def test_first_view_of_a_lesson_stays_in_its_budget(built, page):
    text = (built / f"{page}.html").read_text("utf-8")
    files = {built / f"{page}.html"}
    for address in re.findall(r'(?:src|href)="([^"]+\.(?:css|js|svg))"', text):
        files.add((built / page).parent / address)
    for sheet in [f for f in files if f.suffix == ".css"]:
        for font in re.findall(r'url\("?([^")]+\.woff2)', sheet.read_text("utf-8")):
            files.add(sheet.parent / font)
    sizes = {f.name: len(gzip.compress(f.read_bytes())) for f in files}
    assert sum(sizes.values()) <= BUDGET, sizes


@pytest.mark.parametrize("scenario_id", COURSE.scenarios)
def test_every_scenario_keeps_what_the_course_promises(scenario_id):
    scenario = COMPILER.scenario(scenario_id)
    found = replay(scenario)
    kinds = {scenario["nodes"][e]["ending"]["kind"] for e, n in found.endings.items() if n}
    assert kinds == {"good", "mixed", "poor"}
    assert found.reached == set(scenario["nodes"])
    for way in (found.best, found.worst):
        decisions = [step for step in way.steps if "choice" in step]
        assert len(decisions) >= 3
    path = play(scenario, found.best.steps)
    assert (path.raw, path.max, path.ending) == (found.best.raw, found.best.max, found.best.ending)
    assert scenario["best"] == found.best.steps
    for node in COURSE.scenarios[scenario_id].nodes.values():
        assert not node.choices or 2 <= len(node.choices) <= 4
    for node_id in own_nodes(scenario):
        node = COURSE.scenarios[scenario_id].nodes[node_id]
        assert not node.choices or node.trainer


def test_the_chapter_on_barriers_lists_each_of_them():
    barriers = {claim.id for claim in COURSE.claims.values() if claim.section == "barriers"}
    shown = [m.target for m in COURSE.pages["book/barriers"].mentions if m.kind == "claims"]
    assert sorted(shown) == sorted(barriers)
