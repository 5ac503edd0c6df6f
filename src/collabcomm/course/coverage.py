"""What the parts of a course use of one another: claims by place, outcomes by item, banks by guess.

``check`` fails on the gaps and prints the tables; the book's evidence map shows the claims.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from statistics import mean
from typing import get_args

from collabcomm.course.compiler import Compiler
from collabcomm.course.items import Item as AuthoredItem
from collabcomm.course.models import Course, Module
from collabcomm.course.places import lesson_page, scenario_page
from collabcomm.course.scenarios import Choice
from collabcomm.engine.authoring import Level
from collabcomm.engine.items import type_of
from collabcomm.engine.scoring import item_points
from collabcomm.engine.types import Item, Quiz
from collabcomm.engine.walk import TooManyStates, Walker
from collabcomm.texts import text_of

LEVELS: tuple[str, ...] = get_args(Level)


@dataclass
class ClaimUse:
    """Where a course uses a claim; pages go by docname, quizzes by id."""

    chapter: str | None
    lessons: list[str] = field(default_factory=list)
    practised: list[str] = field(default_factory=list)
    assessed: Counter[str] = field(default_factory=Counter)

    @property
    def used(self) -> bool:
        """Whether a lesson, a question or a scenario rests on the claim."""
        return bool(self.lessons or self.practised or self.assessed)


def claim_uses(course: Course) -> dict[str, ClaimUse]:
    """Return for every claim the chapter, lessons, practice and graded items that use it.

    Practice is a lesson's practice quiz, named by its lesson's page, or a scenario's choices and
    questions. ``assessed`` counts the items of each graded quiz.
    """
    uses = {claim_id: ClaimUse(course.claim_homes.get(claim_id)) for claim_id in course.claims}

    def note(claim_ids: list[str], where: Callable[[ClaimUse], list[str]], page: str) -> None:
        for claim_id in claim_ids:
            if claim_id in uses and page not in (pages := where(uses[claim_id])):
                pages.append(page)

    for module in course.modules.values():
        for lesson in module.lessons:
            page = lesson_page(module.id, lesson.id)
            named = [m.target for m in course.pages[page].mentions if m.kind == "claim"]
            note(named, lambda use: use.lessons, page)
            for quiz in course.practice(lesson.id):
                for item in quiz.items:
                    note(item.claims, lambda use: use.practised, page)
    for scenario_id, scenario in course.scenarios.items():
        for node in scenario.nodes.values():
            items = [node.item] if node.item else []
            parts: list[Choice | AuthoredItem] = [*node.choices, *items]
            for part in parts:
                note(part.claims, lambda use: use.practised, scenario_page(scenario_id))
    for quiz_id, quiz in course.quizzes.items():
        if quiz.purpose == "graded":
            for item in quiz.items:
                for claim in set(item.claims) & uses.keys():
                    uses[claim].assessed[quiz_id] += 1
    return uses


@dataclass
class OutcomeUse:
    """How many items ask for an outcome, and at which levels the graded ones do."""

    practice: int = 0
    graded: int = 0
    levels: Counter[str] = field(default_factory=Counter)


def outcome_uses(course: Course, module: Module) -> dict[str, OutcomeUse]:
    """Return the items of each of a module's outcomes, in the module's order."""
    uses = {outcome.id: OutcomeUse() for outcome in module.outcomes}
    for quiz in course.quizzes.values():
        if quiz.module != module.id:
            continue
        for item in quiz.items:
            use = uses.get(item.outcome or "")
            if use is None:
                continue
            if quiz.purpose == "graded":
                use.graded += 1
                use.levels[item.level or "?"] += 1
            else:
                use.practice += 1
    return uses


# Words that sound caring, asking or collaborative. They need not be right about a text; somebody
# who guesses by tone would look for words like these.
_CARING = re.compile(
    r"\b(ask\w*|listen\w*|hear\w*|feel\w*|felt|together|support\w*|gent\w*|kind\w*|warm\w*|thank\w*|"
    r"sorry|understand\w*|comfort\w*|hop(e|es|ing)|trust\w*|reassur\w*|care[ds]?|caring|respect\w*|"
    r"welcom\w*|matters?|invit\w*|shar(e|es|ing)|worr\w*|time|choose|choice|wants?|wish\w*|help\w*)\b"
    r"|\?",
    re.IGNORECASE,
)


Weigh = Callable[[list[str]], list[float]]  # what some texts are worth to a guesser


def _each(weigh: Callable[[str], float]) -> Weigh:
    return lambda texts: [weigh(text) for text in texts]


STRATEGIES: dict[str, Weigh] = {
    "first": lambda texts: [-place for place in range(len(texts))],
    "last": lambda texts: list(range(len(texts))),
    "longest": _each(len),
    "shortest": _each(lambda text: -len(text)),
    "caring": _each(lambda text: len(_CARING.findall(text))),
}


def guesses(quiz: Quiz) -> dict[str, float]:
    """Return what guessing earns over the whole of a compiled quiz, in percent.

    ``chance`` is the expected score of a random answer to every item. ``first`` and ``last`` go by
    the place of an option as shown, ``longest`` and ``shortest`` by its characters, ``caring`` by
    words that sound kind or asking; where options tie, the mean of the tied ones counts. In a
    matching item the strategy gives every prompt the same answer; in a sequencing item it sorts
    the steps. A short text cannot be guessed.
    """
    items = [item for item in quiz["items"] if item["max"]]
    whole = sum(item["points"] for item in items)
    out = {"chance": sum(item["points"] * type_of(item).chance(item) for item in items)}
    for name, weigh in STRATEGIES.items():
        out[name] = sum(_guess(item, weigh) for item in items)
    return {name: 100 * points / whole if whole else 0.0 for name, points in out.items()}


def _guess(item: Item, weigh: Weigh) -> float:
    """Return the points that a strategy earns on average."""
    item_type = type_of(item)
    given = item_type.guesses(item, weigh([text_of(p["text"]) for p in item_type.parts(item)]))
    return mean(item_points(item, response).raw for response in given) if given else 0.0


def report(course: Course) -> Iterator[str]:
    """Yield the lines of the coverage tables that ``check`` prints."""
    compiler = Compiler(course)
    if course.claims:
        uses = claim_uses(course).values()
        yield (
            f"Claims: {len(uses)}. In a chapter: {sum(bool(u.chapter) for u in uses)}. "
            f"Explained in lessons: {sum(bool(u.lessons) for u in uses)}. "
            f"Practised: {sum(bool(u.practised) for u in uses)}. "
            f"In graded items: {sum(bool(u.assessed) for u in uses)}."
        )
    for module in course.modules.values():
        yield ""
        head = "".join(f"{level:>11}" for level in LEVELS)
        yield f"{'Outcomes of ' + module.id:<34}{'practice':>9}{'graded':>8}{head}"
        for outcome_id, use in outcome_uses(course, module).items():
            cells = "".join(f"{use.levels[level] or '':>11}" for level in LEVELS)
            yield f"  {outcome_id:<32}{use.practice:>9}{use.graded:>8}{cells}"
    if course.scenarios:
        yield ""
        yield f"{'Scenarios':<34}{'nodes':>9}{'endings':>9}{'paths':>9}"
        for scenario_id, scenario in course.scenarios.items():
            endings = sum(node.ending is not None for node in scenario.nodes.values())
            paths = _paths(compiler, scenario_id)
            yield f"  {scenario_id:<32}{len(scenario.nodes):>9}{endings:>9}{paths:>9}"
    banks = {quiz_id: quiz for quiz_id, quiz in course.quizzes.items() if quiz.purpose == "graded"}
    if banks:
        yield ""
        names = ("chance", *STRATEGIES)
        head = "".join(f"{name:>10}" for name in names)
        yield f"{'Guessing, in per cent':<34}{'pass':>6}{'items':>7}{head}"
        for quiz_id, quiz in banks.items():
            earned = guesses(compiler.quiz(quiz_id))
            cells = "".join(f"{earned[key]:>10.0f}" for key in names)
            yield f"  {quiz_id:<32}{quiz.pass_mark:>6}{len(quiz.items):>7}{cells}"


def _paths(compiler: Compiler, scenario_id: str) -> str:
    try:
        walker = Walker(compiler.unwalked(scenario_id))
    except TooManyStates:
        return "many"
    return str(sum(walker.counts()[walker.start].values()))
