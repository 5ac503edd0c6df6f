"""A cohort's results gathered from the store for analysis.

Versions of a quiz or scenario are never mixed: each version that was taken is analysed by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from collabcomm.course.compiler import Json
from collabcomm.engine.attempt import Attempt, latest
from collabcomm.engine.items import type_of
from collabcomm.engine.people import Cohort, Learner
from collabcomm.engine.scoring import score_quiz
from collabcomm.engine.types import Content, Quiz, Scenario
from collabcomm.errors import NotFound
from collabcomm.results.analysis.change import Change, change
from collabcomm.results.analysis.quiz import QuizAnalysis, quiz_analysis
from collabcomm.results.analysis.scenario import ScenarioAnalysis, scenario_analysis
from collabcomm.store import Store

Which = Literal["first", "last", "all"]


@dataclass(frozen=True)
class Submission:
    """A submitted attempt with its content and the responses that count."""

    learner: Learner
    attempt: Attempt
    content: Content
    responses: dict[str, Any]


@dataclass(frozen=True)
class VersionBase:
    """The analysis of one version of an activity; ``submissions`` are what it rests on."""

    content: Content
    submissions: list[Submission]
    analysis: QuizAnalysis | ScenarioAnalysis

    def as_json(self) -> Json:
        """Return the analysis by the statistics' names, with what it is of."""
        about = {key: self.content[key] for key in ("id", "kind", "version")}
        return {**about, **self.analysis.as_json()}


@dataclass(frozen=True)
class QuizVersion(VersionBase):
    """The analysis of one version of a quiz."""

    content: Quiz
    analysis: QuizAnalysis


@dataclass(frozen=True)
class ScenarioVersion(VersionBase):
    """The analysis of one version of a scenario."""

    content: Scenario
    analysis: ScenarioAnalysis


Version = QuizVersion | ScenarioVersion


def submitted(
    store: Store, cohort: Cohort, activity: str, which: Which = "first"
) -> list[Submission]:
    """Return a cohort's submitted attempts at an activity: each learner's first, last, or all.

    A learner's second attempt is better for having seen the answers to the first, so the first is
    what tells about the questions.
    """
    contents: dict[str, Content | None] = {}
    found: dict[str, list[Submission]] = {}
    for learner, attempt, responses in store.results.work(cohort.code):
        if attempt.activity != activity or attempt.submitted is None:
            continue
        if attempt.version not in contents:
            contents[attempt.version] = store.contents.get(attempt.version)
        content = contents[attempt.version]
        if content is not None:
            submission = Submission(learner, attempt, content, latest(responses))
            found.setdefault(learner.id, []).append(submission)
    kept = {"first": slice(1), "last": slice(-1, None), "all": slice(None)}[which]
    return [submission for mine in found.values() for submission in mine[kept]]


def analyse_activity(
    store: Store, cohort: Cohort, activity: str, which: Which = "first"
) -> list[Version]:
    """Return the analysis of each version of an activity that a cohort has handed in.

    Raises ``NotFound`` where nobody has, with what has been.
    """
    submissions = submitted(store, cohort, activity, which)
    if not submissions:
        known = (
            ", ".join(activity_id for activity_id, _ in store.results.activities(cohort.code))
            or "nothing"
        )
        raise NotFound(
            f"Nobody in '{cohort.name}' has handed in '{activity}' yet; begun so far: {known}."
        )
    groups: dict[str, list[Submission]] = {}
    for submission in submissions:
        groups.setdefault(submission.attempt.version, []).append(submission)
    return [_version(group) for group in groups.values()]


def _version(submissions: list[Submission]) -> Version:
    content = submissions[0].content
    if content["kind"] == "scenario":
        plays = [submission.attempt.steps for submission in submissions]
        return ScenarioVersion(content, submissions, scenario_analysis(content, plays))
    attempts = [(submission.attempt.items, submission.responses) for submission in submissions]
    mark = submissions[-1].attempt.pass_mark
    return QuizVersion(content, submissions, quiz_analysis(content, attempts, mark))


@dataclass(frozen=True)
class Changes:
    """What changed between two questionnaires: situations in percent, self-ratings in points."""

    situations: Change
    ratings: Change


def changes(store: Store, cohort: Cohort, quiz_ids: Sequence[str]) -> Changes:
    """Return the change of the learners who handed in both, whichever questionnaire came first.

    Situations count as a percentage of their marks, self-ratings as the mean place on their scale
    (1 for the lowest).
    """
    by_learner: dict[str, dict[str, Submission]] = {}
    for quiz_id in quiz_ids:
        for submission in submitted(store, cohort, quiz_id):
            by_learner.setdefault(submission.learner.id, {})[quiz_id] = submission
    pairs = [sorted(mine.values(), key=_when) for mine in by_learner.values() if len(mine) == 2]
    situations = [[_situations(submission) for submission in pair] for pair in pairs]
    ratings = [
        [value for value in pair if value is not None]
        for pair in ([_ratings(submission) for submission in pair] for pair in pairs)
    ]
    rated = [pair for pair in ratings if len(pair) == 2]
    return Changes(
        change([a for a, _ in situations], [b for _, b in situations]),
        change([a for a, _ in rated], [b for _, b in rated]),
    )


def _when(submission: Submission) -> datetime:
    return submission.attempt.submitted or submission.attempt.started


def _situations(submission: Submission) -> float:
    quiz = submission.content
    return score_quiz(quiz, submission.responses).percent if quiz["kind"] == "quiz" else 0.0


def _ratings(submission: Submission) -> float | None:
    places = []
    quiz = submission.content
    for item in quiz["items"] if quiz["kind"] == "quiz" else []:
        ids = [part["id"] for part in type_of(item).parts(item)]
        if item["type"] == "likert" and submission.responses.get(item["id"]) in ids:
            places.append(1 + ids.index(submission.responses[item["id"]]))
    return sum(places) / len(places) if places else None
