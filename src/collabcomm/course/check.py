"""What a course that loads can still get wrong: references, evidence, feedback, graph, coverage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path

from collabcomm.course.cases import case_problems
from collabcomm.course.compiler import Compiler
from collabcomm.course.coverage import STRATEGIES, claim_uses, guesses, outcome_uses
from collabcomm.course.grounds import each_known, elsewhere, item_problems, unknown
from collabcomm.course.law import law_problems
from collabcomm.course.loader import Loaded
from collabcomm.course.local import local_problems
from collabcomm.course.models import Course, Draw, Module, Page, Quiz
from collabcomm.course.places import (
    BIBLIOGRAPHY_FILE,
    EVIDENCE_FILE,
    module_file,
    quiz_file,
    reference_key,
    scenario_file,
)
from collabcomm.course.problems import Problem
from collabcomm.course.stories import story_problems
from collabcomm.course.yaml import Source

# A bank of so many items is guessable when a strategy comes within so many points (per cent) of
# the pass mark, or is so much better than chance.
BANK_ITEMS = 8
GUESS_MARGIN = 15
# Each outcome of a module with a graded quiz has so many graded items.
GRADED_ITEMS = 2


def check(loaded: Loaded) -> list[Problem]:
    """Return every problem of a loaded course, in the order of files and lines."""
    course = loaded.course
    found: list[Problem] = []
    found += _evidence(loaded)
    for module_id, module in course.modules.items():
        found += _module(loaded, loaded.sources[module_file(module_id)], module)
    for quiz_id, quiz in course.quizzes.items():
        found += _quiz(course, loaded.sources[quiz_file(quiz_id)], quiz)
    for scenario_id, scenario in course.scenarios.items():
        source = loaded.sources[scenario_file(scenario_id)]
        found += story_problems(course, source, scenario)
    for docname, page in course.pages.items():
        found += _page(loaded, f"{docname}.md", page)
    found += local_problems(loaded)
    found += case_problems(loaded)
    found += law_problems(loaded)
    found += _coverage(loaded)
    if not found:  # only a sound course can be compiled
        found += _guessing(loaded)
    return sorted(set(found))


def _evidence(loaded: Loaded) -> Iterator[Problem]:
    source = loaded.sources.get(EVIDENCE_FILE)
    meta = loaded.course.evidence
    if source is None or meta is None:
        return
    for i, claim in enumerate(loaded.course.claims.values()):
        if claim.section not in meta.sections:
            yield source.problem(
                ("claims", i, "section"), unknown("section", claim.section, meta.sections)
            )
        for j, ref in enumerate(claim.refs):
            key = reference_key(ref)
            if key not in loaded.course.references:
                missing = f"no entry '{key}' in {BIBLIOGRAPHY_FILE}"
                yield source.problem(("claims", i, "refs", j), missing)


def _module(loaded: Loaded, source: Source, module: Module) -> Iterator[Problem]:
    course = loaded.course
    strands = [strand.id for strand in course.info.strands]
    if module.strand not in strands:
        yield source.problem(("strand",), unknown("strand", module.strand, strands))
    outcomes = [outcome.id for outcome in module.outcomes]
    for i, lesson in enumerate(module.lessons):
        yield from each_known(
            source, ("lessons", i, "outcomes"), "outcome", lesson.outcomes, outcomes
        )
    yield from each_known(source, ("scenarios",), "scenario", module.scenarios, course.scenarios)
    if module.quiz:
        quiz = course.quizzes.get(module.quiz)
        if quiz is None:
            yield source.problem(("quiz",), unknown("quiz", module.quiz, course.quizzes))
        elif quiz.purpose != "graded":
            yield source.problem(("quiz",), f"quiz '{quiz.id}' is for practice, not graded")
    if module.workshop and not _is_file(loaded.root / "modules" / module.id / module.workshop):
        yield source.problem(("workshop",), f"no file modules/{module.id}/{module.workshop}")
    for i, (outcome, use) in enumerate(outcome_uses(course, module).items()):
        if not use.practice + use.graded:
            yield source.problem(
                ("outcomes", i),
                f"no item asks for this outcome. Write one, with 'outcome: {outcome}'",
            )
        elif module.quiz in course.quizzes and use.graded < GRADED_ITEMS:
            yield source.problem(
                ("outcomes", i),
                f"{use.graded} of the graded items {'asks' if use.graded == 1 else 'ask'} for this "
                f"outcome, {GRADED_ITEMS} are needed. Write more in {quiz_file(module.quiz)}",
            )


def _page(loaded: Loaded, file: str, page: Page) -> Iterator[Problem]:
    course = loaded.course
    procedures = [p.id for local in course.locals.values() for p in local.procedures]
    known: dict[str, tuple[str, Collection[str]]] = {
        "claim": ("claim", course.claims),
        "claims": ("claim", course.claims),
        "source": ("reference", course.references),
        "law": ("reference", course.references),
        "quiz": ("quiz", course.quizzes),
        "scenario": ("scenario", course.scenarios),
        "module": ("module", course.modules),
        "procedure": ("procedure", procedures),
        "term": ("glossary term", course.terms),
    }
    for mention in page.mentions:
        trail = f"{{{mention.kind}}}"
        if mention.kind == "picture":
            picture = loaded.root / file
            if not _is_file(picture.parent / "pictures" / f"{mention.target}.svg"):
                yield Problem(file, mention.line, trail, f"no file pictures/{mention.target}.svg")
        elif mention.kind in known:
            kind, part_ids = known[mention.kind]
            if mention.target not in part_ids:
                yield Problem(file, mention.line, trail, unknown(kind, mention.target, part_ids))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long for any file
        return False


def _quiz(course: Course, source: Source, quiz: Quiz) -> Iterator[Problem]:
    module = course.modules.get(quiz.module or "")
    if quiz.module and module is None:
        yield source.problem(("module",), unknown("module", quiz.module, course.modules))
    if module:
        lessons = [lesson.id for lesson in module.lessons]
        if quiz.lesson and quiz.lesson not in lessons:
            yield source.problem(("lesson",), unknown("lesson", quiz.lesson, lessons))
    for i, item in enumerate(quiz.items):
        yield from item_problems(course, source, ("items", i), item, module)
        if quiz.purpose != "practice":
            where = "a graded quiz" if quiz.purpose == "graded" else "a questionnaire"
            yield from elsewhere(source, ("items", i), item, where)
        if item.outcome is None and item.scored:
            yield source.problem(
                ("items", i), "'outcome' is missing; it says what the item assesses"
            )
    if quiz.draw and quiz.draw.per_outcome:
        yield from _draw(source, quiz, quiz.draw)


def _draw(source: Source, quiz: Quiz, draw: Draw) -> Iterator[Problem]:
    """Report what ``per_outcome`` promises and the bank cannot give."""
    path = ("draw", "per_outcome")
    asked = Counter(item.outcome for item in quiz.items if item.scored)
    for outcome, count in asked.items():
        if outcome and count < draw.per_outcome:
            yield source.problem(
                path,
                f"asks for {draw.per_outcome} items of every outcome, the bank has {count} of "
                f"'{outcome}'. Write more, or ask for {min(asked.values())}",
            )
    outcomes = sum(outcome is not None for outcome in asked)
    needed = outcomes * draw.per_outcome
    if needed > draw.items:
        yield source.problem(
            path,
            f"asks for {draw.per_outcome} items of every outcome, {needed} in all, the draw has "
            f"{draw.items}. Raise 'items' to {needed}, or ask for {draw.items // outcomes}",
        )


def _coverage(loaded: Loaded) -> Iterator[Problem]:
    """Report claims that no chapter presents, or that nothing uses."""
    source = loaded.sources.get(EVIDENCE_FILE)
    if source is None:
        return
    for i, use in enumerate(claim_uses(loaded.course).values()):
        if use.chapter is None:
            yield source.problem(
                ("claims", i), "no chapter presents it. Put it into a {claims} list"
            )
        if not use.used:
            yield source.problem(
                ("claims", i),
                "nothing rests on it. Use it in a lesson, a question or a scenario",
            )


def _guessing(loaded: Loaded) -> Iterator[Problem]:
    """Report graded banks in which a way of guessing earns too much."""
    compiler = Compiler(loaded.course)
    for quiz_id, quiz in loaded.course.quizzes.items():
        if quiz.purpose != "graded" or len(quiz.items) < BANK_ITEMS or quiz.pass_mark is None:
            continue
        earned = guesses(compiler.quiz(quiz_id))
        most = min(quiz.pass_mark, earned["chance"] + 2 * GUESS_MARGIN) - GUESS_MARGIN
        for strategy in STRATEGIES:
            if earned[strategy] > most:
                yield loaded.sources[quiz_file(quiz_id)].problem(
                    ("items",),
                    f"somebody who picks the {_PICKS[strategy]} option earns "
                    f"{earned[strategy]:.0f} %, chance {earned['chance']:.0f} %; "
                    f"{most:.0f} % is the most a guess may earn here. Vary the key",
                )


_PICKS = {"caring": "most caring-sounding"} | {s: s for s in STRATEGIES if s != "caring"}
