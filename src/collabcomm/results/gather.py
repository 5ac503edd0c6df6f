"""A cohort's results gathered from the store for analysis, and told in words.

Versions of a quiz or scenario are never mixed: each version that was taken is analysed by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from collabcomm.course.compiler import Json
from collabcomm.engine.attempt import Attempt, Cohort, Learner, latest
from collabcomm.engine.scoring import score_quiz
from collabcomm.errors import NotFound
from collabcomm.results.analysis import Analysis
from collabcomm.results.analysis.change import Change, change
from collabcomm.results.analysis.quiz import QuizAnalysis, quiz_analysis
from collabcomm.results.analysis.scenario import ScenarioAnalysis, scenario_analysis
from collabcomm.store import Store

Which = Literal["first", "last", "all"]


@dataclass(frozen=True)
class Taken:
    """A submitted attempt with its content and the responses that count."""

    learner: Learner
    attempt: Attempt
    content: Json
    responses: dict[str, Any]


@dataclass(frozen=True)
class Version:
    """The analysis of one version of an activity; ``taken`` is what it rests on."""

    content: Any  # the Quiz, or the Scenario, that the analysis is of
    taken: list[Taken]
    analysis: QuizAnalysis | ScenarioAnalysis

    def as_json(self) -> Json:
        """Return the analysis by the statistics' names, with what it is of."""
        about = {key: self.content[key] for key in ("id", "kind", "version")}
        return {**about, **self.analysis.as_json()}


def submitted(store: Store, cohort: Cohort, activity: str, which: Which = "first") -> list[Taken]:
    """Return a cohort's submitted attempts at an activity: each learner's first, last, or all.

    A learner's second attempt is better for having seen the answers to the first, so the first is
    what tells about the questions.
    """
    contents: dict[str, Json | None] = {}
    found: dict[str, list[Taken]] = {}
    for learner, attempt, responses in store.results.work(cohort.code):
        if attempt.activity != activity or attempt.submitted is None:
            continue
        if attempt.version not in contents:
            contents[attempt.version] = store.contents.get(attempt.version)
        content = contents[attempt.version]
        if content is not None:
            one = Taken(learner, attempt, content, latest(responses))
            found.setdefault(learner.id, []).append(one)
    kept = {"first": slice(1), "last": slice(-1, None), "all": slice(None)}[which]
    return [one for mine in found.values() for one in mine[kept]]


def analyse_activity(
    store: Store, cohort: Cohort, activity: str, which: Which = "first"
) -> list[Version]:
    """Return the analysis of each version of an activity that a cohort has handed in.

    Raises ``NotFound`` where nobody has, with what has been.
    """
    taken = submitted(store, cohort, activity, which)
    if not taken:
        known = ", ".join(name for name, _ in store.results.activities(cohort.code)) or "nothing"
        raise NotFound(
            f"Nobody in '{cohort.name}' has handed in '{activity}' yet; begun so far: {known}."
        )
    groups: dict[str, list[Taken]] = {}
    for one in taken:
        groups.setdefault(one.attempt.version, []).append(one)
    return [_version(group) for group in groups.values()]


def _version(taken: list[Taken]) -> Version:
    content = taken[0].content
    if content["kind"] == "scenario":
        plays = [one.attempt.steps for one in taken]
        return Version(content, taken, scenario_analysis(content, plays))
    attempts = [(one.attempt.items, one.responses) for one in taken]
    mark = taken[-1].attempt.pass_mark
    return Version(content, taken, quiz_analysis(content, attempts, mark))


@dataclass(frozen=True)
class Changes:
    """What changed between two questionnaires: situations in percent, self-ratings in points."""

    situations: Change
    ratings: Change


def changes(store: Store, cohort: Cohort, forms: Sequence[str]) -> Changes:
    """Return the change of the learners who handed in both forms, whichever they took first.

    Situations count as a percentage of their marks, self-ratings as the mean place on their scale
    (1 for the lowest).
    """
    by_learner: dict[str, dict[str, Taken]] = {}
    for form in forms:
        for one in submitted(store, cohort, form):
            by_learner.setdefault(one.learner.id, {})[form] = one
    pairs = [
        sorted(mine.values(), key=lambda one: one.attempt.submitted or one.attempt.started)
        for mine in by_learner.values()
        if len(mine) == 2
    ]
    situations = [[_situations(one) for one in pair] for pair in pairs]
    ratings = [
        [value for value in pair if value is not None]
        for pair in ([_ratings(one) for one in pair] for pair in pairs)
    ]
    rated = [pair for pair in ratings if len(pair) == 2]
    return Changes(
        change([a for a, _ in situations], [b for _, b in situations]),
        change([a for a, _ in rated], [b for _, b in rated]),
    )


def _situations(one: Taken) -> float:
    return score_quiz(one.content, one.responses).percent


def _ratings(one: Taken) -> float | None:
    places = []
    for item in one.content["items"]:
        ids = [option["id"] for option in item.get("options", ())]
        if item["type"] == "likert" and one.responses.get(item["id"]) in ids:
            places.append(1 + ids.index(one.responses[item["id"]]))
    return sum(places) / len(places) if places else None


# --------------------------------------------------------------------------- in words


def number(value: float | None, digits: int = 2) -> str:
    """Return a figure for reading, a dash where it is not defined."""
    return "–" if value is None else f"{value:.{digits}f}"


def percent(value: float | None) -> str:
    """Return a fraction in percent, a dash where it is not defined."""
    return "–" if value is None else f"{100 * value:.0f} %"


def between(interval: Sequence[float] | None, digits: int = 2) -> str:
    """Return an interval in words, nothing where there is none."""
    return f" ({interval[0]:.{digits}f} to {interval[1]:.{digits}f})" if interval else ""


def describe(analysis: Analysis) -> Iterator[str]:
    """Yield a test's analysis as lines for a screen."""
    yield from analysis.warnings
    test = analysis.test
    yield f"Learners {test.learners}, items {test.items}"
    yield f"Mean {number(test.mean)} of {number(test.max)}, median {number(test.median)}"
    yield f"Standard deviation {number(test.standard_deviation)}"
    yield (
        f"Cronbach's alpha {number(test.cronbach_alpha)}{between(test.alpha_interval)}, "
        f"KR-20 {number(test.kr_20)}"
    )
    yield f"Standard error of measurement {number(test.standard_error_of_measurement)} marks"
    if test.pass_mark is not None:
        yield (
            f"Pass mark {test.pass_mark:g} %: reached by {percent(test.pass_rate)}; "
            f"{number(test.near_pass_mark, 0)} within one standard error of it"
        )
    yield ""
    yield f"{'item':<32}{'n':>6}{'facility':>10}{'guess':>8}{'sd':>7}{'discr.':>8}{'effic.':>8}"
    for one in analysis.items:
        yield (
            f"{one.item[:31]:<32}{one.learners:>6}{percent(one.facility):>10}"
            f"{percent(one.random_guess_score):>8}{number(one.standard_deviation):>7}"
            f"{number(one.discrimination_index):>8}{number(one.discriminative_efficiency):>8}"
        )
    for one in analysis.items:
        for reason in one.look:
            yield f"Look at {one.item}: {reason}"


def describe_scenario(found: ScenarioAnalysis) -> Iterator[str]:
    """Yield a scenario's analysis as lines for a screen."""
    yield from found.warnings
    yield f"Plays {found.plays}, mean {number(found.mean_percent, 0)} % of the points"
    for name, count in found.endings.items():
        yield f"ending {name}: {count}"
    for decision in found.decisions:
        chosen = ", ".join(f"{name} {count}" for name, count in decision.choices.items())
        yield f"{decision.node}: well supported {percent(decision.share_well)} ({chosen})"
    for path in found.paths[:10]:
        yield f"{path.count} × {' › '.join([*path.choices, path.ending or '(not finished)'])}"
