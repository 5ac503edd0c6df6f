"""Results as rows: columns with their meaning, and the values. The tables of all formats."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from collabcomm.engine.attempt import Attempt, Response, latest
from collabcomm.engine.path import Path, play, skills_of
from collabcomm.engine.people import Cohort, Learner
from collabcomm.engine.scoring import item_points
from collabcomm.engine.types import Content, Quiz, Scenario
from collabcomm.results.export import Options
from collabcomm.store import Store

Row = list[Any]  # str | int | float | None

_SIGNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_WHO = {
    "cohort": "the cohort's code",
    "learner": "an id that stands for the person; the same in all tables",
}
_WHAT = {
    "activity": "the quiz or scenario",
    "attempt": "the attempt's id",
    "version": "the version of the content that was used; another version is another quiz",
}
COLUMNS: dict[str, dict[str, str]] = {
    "attempts": {
        "cohort": _WHO["cohort"],
        "cohort_name": "the cohort's name",
        "learner": _WHO["learner"],
        "name": "the name or pseudonym, or empty",
        "activity": _WHAT["activity"],
        "kind": "`quiz` or `scenario`",
        "attempt": _WHAT["attempt"],
        "number": "the learner's first, second … attempt at the activity",
        "version": _WHAT["version"],
        "status": "`submitted`, or `open` while the learner has not handed it in",
        "started": "time in UTC",
        "submitted": "time in UTC; of an imported record, by the learner's own clock",
        "seconds": "from start to submission; empty for an imported record",
        "raw": "points earned",
        "max": "points possible",
        "percent": "the share in percent",
        "pass_mark": "the pass mark that held, in percent; empty where there is none",
        "passed": "`yes` or `no`; empty where there is no pass mark",
        "ending": "a scenario's ending",
        "scored_by": "`service`: taken and scored by the service. `import`: from a learner's own "
        "file, scored again here",
        "kept_apart": "how many answers of the attempt were not taken; see the conflicts",
        "skills": "of a scenario: what its choices added up to by skill, of how much, as JSON",
    },
    "responses": {
        **_WHO,
        **_WHAT,
        "status": "`submitted` or `open`",
        "position": "the item's place in the attempt",
        "item": "the item's id",
        "type": "the item's type",
        "response": "an id or a text, JSON where the type takes several; empty if not answered",
        "raw": "points earned; empty while the attempt is open",
        "max": "points possible; 0 where nothing is scored",
        "changes": "how often the answer was sent, the last included",
        "at": "time of the answer that counts, by the learner's clock",
        "received": "the same by the service's clock",
    },
    "choices": {
        **_WHO,
        **_WHAT,
        "step": "the place on the path, from 1",
        "node": "the node stood at",
        "choice": "the choice taken; empty at an item or a passage",
        "response": "the response to an item",
        "support": "how well the choice is supported: `well`, `partly`, `poorly`; `contested` "
        "where good practitioners differ",
        "raw": "points earned",
        "max": "points possible",
        "meters": "the meters after the step, as JSON",
        "next": "the node reached",
        "skills": "what the choice adds by skill, as JSON",
    },
    "conflicts": {
        **_WHO,
        "name": "the name or pseudonym, or empty",
        **_WHAT,
        "item": "the item's id",
        "response_id": "the id that the player gave it",
        "response": "what was sent",
        "at": "time by the learner's clock",
        "received": "time by the service's clock",
        "reason": "`other-content`: its id came with other content before. `after-checking`, "
        "`after-submission`, `after-closing`: it came too late",
    },
}


@dataclass(frozen=True)
class Work:
    """An attempt with all that belongs to it."""

    cohort: Cohort
    learner: Learner
    attempt: Attempt
    number: int
    responses: list[Response]
    content: Content | None
    kept_apart: int

    @property
    def path(self) -> Path | None:
        """The path of a scenario's steps, None for a quiz and for unknown content."""
        scenario = self.scenario
        return play(scenario, self.attempt.steps) if scenario else None

    @property
    def quiz(self) -> Quiz | None:
        """The quiz that was taken, None for a scenario and for unknown content."""
        return self.content if self.content and self.content["kind"] == "quiz" else None

    @property
    def scenario(self) -> Scenario | None:
        """The scenario that was played, None for a quiz and for unknown content."""
        return self.content if self.content and self.content["kind"] == "scenario" else None


def all_work(store: Store, cohort: Cohort, options: Options) -> Iterator[Work]:
    """Yield a cohort's attempts, counted and with their content, by learner and then by time."""
    contents: dict[str, Content | None] = {}
    apart: dict[str, int] = {}
    for _, attempt, _ in store.results.conflicts(cohort.code):
        apart[attempt.id] = apart.get(attempt.id, 0) + 1
    seen: dict[tuple[str, str], int] = {}
    last = ""
    for learner, attempt, given in store.results.work(cohort.code):
        options.tick()
        if learner.id != last:
            seen, last = {}, learner.id
        key = (attempt.activity, attempt.kind)
        seen[key] = seen.get(key, 0) + 1
        if options.activity not in (None, attempt.activity):
            continue
        if attempt.version not in contents:
            contents[attempt.version] = store.contents.get(attempt.version)
        yield Work(
            cohort,
            learner,
            attempt,
            seen[key],
            given,
            contents[attempt.version],
            apart.get(attempt.id, 0),
        )


def rows_of(kind: str, work: Work) -> Iterator[Row]:
    """Yield the rows of one attempt in a table; conflicts are not told by attempt."""
    if kind == "attempts":
        yield attempt_row(work)
    elif kind == "responses":
        yield from response_rows(work)
    elif kind == "choices":
        yield from choice_rows(work)


def named(kind: str, row: Row) -> dict[str, Any]:
    """Return a row of a table by the names of its columns."""
    return dict(zip(COLUMNS[kind], row, strict=True))


def table(store: Store, cohort: Cohort, kind: str, options: Options) -> Iterator[Row]:
    """Yield all rows of a table."""
    if kind == "conflicts":
        yield from conflict_rows(store, cohort, options)
        return
    for work in all_work(store, cohort, options):
        yield from rows_of(kind, work)


def attempt_row(work: Work) -> Row:
    """Return an attempt's row, in the order of its columns."""
    attempt, path = work.attempt, work.path
    own_clock = attempt.scored_by == "import"
    seconds = None
    if attempt.submitted and not own_clock:
        seconds = round((attempt.submitted - attempt.started).total_seconds())
    return [
        work.cohort.code,
        work.cohort.name,
        attempt.learner,
        work.learner.name,
        attempt.activity,
        attempt.kind,
        attempt.id,
        work.number,
        attempt.version,
        _status(attempt),
        moment(attempt.started),
        moment(attempt.submitted),
        seconds,
        attempt.raw,
        attempt.max,
        attempt.percent,
        attempt.pass_mark,
        None if attempt.passed is None else "yes" if attempt.passed else "no",
        path.ending if path else None,
        attempt.scored_by if attempt.submitted else None,
        work.kept_apart,
        json.dumps(skills_of(scenario, path)) if path and (scenario := work.scenario) else None,
    ]


def response_rows(work: Work) -> Iterator[Row]:
    """Yield a row for each item of an attempt at a quiz, answered or not."""
    attempt = work.attempt
    if (quiz := work.quiz) is None:
        return
    items = {item["id"]: item for item in quiz["items"]}
    given = latest(work.responses)
    counted = {r.item: r for r in work.responses if r.response == given[r.item]}
    for position, item_id in enumerate(attempt.items, 1):
        if item_id not in items:
            continue
        item, sent = items[item_id], counted.get(item_id)
        points = item_points(item, given.get(item_id))
        yield [
            work.cohort.code,
            attempt.learner,
            attempt.activity,
            attempt.id,
            attempt.version,
            _status(attempt),
            position,
            item_id,
            item["type"],
            shown(given.get(item_id)),
            points.raw if attempt.submitted else None,
            points.max if attempt.submitted else None,
            sum(r.item == item_id for r in work.responses),
            sent.at if sent else None,
            moment(sent.received) if sent else None,
        ]


def choice_rows(work: Work) -> Iterator[Row]:
    """Yield a row for each step of a played scenario."""
    attempt, path, scenario = work.attempt, work.path, work.scenario
    if path is None or scenario is None:
        return
    before = play(scenario, ())
    for n, step in enumerate(attempt.steps[: path.used], 1):
        after = play(scenario, attempt.steps[:n])
        node = scenario["nodes"][step["node"]]
        choices = node["choices"] if node["kind"] == "decision" else []
        choice = next((c for c in choices if c["id"] == step.get("choice")), None)
        yield [
            work.cohort.code,
            attempt.learner,
            attempt.activity,
            attempt.id,
            attempt.version,
            n,
            step["node"],
            choice["id"] if choice else None,
            shown(step.get("response")),
            choice["support"] if choice else None,
            after.raw - before.raw,
            after.max - before.max,
            json.dumps(after.meters[-1]),
            after.at,
            json.dumps(choice.get("skills", {})) if choice else None,
        ]
        before = after


def conflict_rows(store: Store, cohort: Cohort, options: Options) -> Iterator[Row]:
    """Yield a row for each answer that was not taken."""
    for learner, attempt, kept in store.results.conflicts(cohort.code):
        if options.activity not in (None, attempt.activity):
            continue
        response = kept.response
        yield [
            cohort.code,
            learner.id,
            learner.name,
            attempt.activity,
            attempt.id,
            attempt.version,
            response.item,
            response.id,
            shown(response.response),
            response.at,
            moment(response.received),
            kept.reason,
        ]


def moment(value: datetime | None) -> str | None:
    """Return a time as ISO 8601 in UTC, to the second."""
    return value.isoformat(timespec="seconds") if value else None


def shown(response: Any) -> str | None:
    """Return a response as one cell: a text as it is, anything else as JSON."""
    if response is None or isinstance(response, str):
        return response
    return json.dumps(response, ensure_ascii=False, sort_keys=True)


def safe(cell: str) -> str:
    """Keep a spreadsheet from reading a text as a formula: put an apostrophe before it.

    The signs are those that OWASP's page on CSV injection names, also after leading spaces.
    """
    if cell != "-" and cell.lstrip(" \u00a0\n")[:1] in _SIGNS:
        return f"'{cell}"
    return cell


def _status(attempt: Attempt) -> str:
    return "submitted" if attempt.submitted else "open"
