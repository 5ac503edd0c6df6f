"""Results as Moodle's quiz reports write them, "Grades" and "Responses", for what reads those.

Columns, states, times and durations as in Moodle 5 in English (mod/quiz/report, lang/en/quiz.php).
A learner gives one name here, so its last word is the last name; there is no e-mail address.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from collabcomm.engine.attempt import latest
from collabcomm.engine.people import Cohort
from collabcomm.engine.scoring import item_points
from collabcomm.engine.types import Item
from collabcomm.results.export import ExportError, Options
from collabcomm.results.export.csv import lines
from collabcomm.results.export.rows import Row, Work, all_work
from collabcomm.results.export.texts import right, spoken
from collabcomm.store import Store

_FIRST = ["Last name", "First name", "Email address", "Status", "Started", "Completed", "Duration"]


def export(store: Store, cohort: Cohort, shape: str, options: Options) -> Iterator[bytes]:
    """Yield one quiz's report; ``options.activity`` may be left out where there is only one."""
    quizzes = [quiz_id for quiz_id, kind in store.results.activities(cohort.code) if kind == "quiz"]
    activity = options.activity or (quizzes[0] if len(quizzes) == 1 else None)
    if activity is None or (quizzes and activity not in quizzes):
        known = ", ".join(quizzes) or "none yet"
        raise ExportError(
            f"A Moodle report is about one quiz: choose it with the activity (attempted: {known})."
        )
    chosen = Options(activity=activity, bom=options.bom, tick=options.tick)
    points = _points(store, cohort, chosen)
    columns = [*_FIRST, f"Grade/{sum(points):.2f}"]
    if shape == "moodle-grades":
        columns += [f"Q. {n} /{most:.2f}" for n, most in enumerate(points, 1)]
    else:
        for n in range(1, len(points) + 1):
            columns += [f"Response {n}", f"Right answer {n}"]
    rows = (_row(work, shape, points) for work in all_work(store, cohort, chosen))
    return lines(columns, rows, options)


def _points(store: Store, cohort: Cohort, options: Options) -> list[float]:
    """Return the most that can be earned at each place, over all attempts' draws and versions."""
    most: list[float] = []
    contents: dict[str, dict[str, float]] = {}
    for _, attempt in store.results.attempts(cohort.code):
        if attempt.kind != "quiz" or attempt.activity != options.activity:
            continue
        if attempt.version not in contents:
            content = store.contents.get(attempt.version)
            items = content["items"] if content and content["kind"] == "quiz" else []
            contents[attempt.version] = {
                item["id"]: item["points"] if item["max"] else 0 for item in items
            }
        for place, item_id in enumerate(attempt.items):
            points = contents[attempt.version].get(item_id, 0)
            most[place : place + 1] = [max(points, *most[place : place + 1], 0)]
    return most


def _row(work: Work, shape: str, points: list[float]) -> Row:
    attempt = work.attempt
    first, _, last = (work.learner.name or work.learner.id).rpartition(" ")
    seconds = (attempt.submitted - attempt.started).total_seconds() if attempt.submitted else None
    row: Row = [
        last,
        first,
        "",
        "Finished" if attempt.submitted else "In progress",
        _time(attempt.started),
        _time(attempt.submitted) if attempt.submitted else "-",
        "-" if seconds is None else duration(round(seconds)),
        "-" if attempt.raw is None else f"{attempt.raw:.2f}",
    ]
    given = latest(work.responses)
    items = {item["id"]: item for item in (work.quiz["items"] if work.quiz else [])}
    for place in range(len(points)):
        item_id = attempt.items[place] if place < len(attempt.items) else ""
        row += _cells(shape, items.get(item_id), given.get(item_id), attempt.submitted is not None)
    return row


def _cells(shape: str, item: Item | None, response: Any, submitted: bool) -> list[str]:
    if shape == "moodle-grades":
        if item is None or not submitted:
            return ["-"]
        return [f"{item_points(item, response).raw:.2f}"]
    if item is None:
        return ["-", "-"]
    return [spoken(item, response) or "-", right(item) if submitted else "-"]


def _time(moment: datetime) -> str:
    """Return a time as Moodle's reports write it, in UTC: ``3 March 2027  2:05 PM``."""
    hour = moment.strftime("%I:%M %p").lstrip("0")
    return f"{moment.day} {moment:%B %Y}  {hour}"


def duration(seconds: int) -> str:
    """Return seconds in Moodle's words: its two largest units."""
    left, parts = seconds, []
    for size, unit in ((86_400, "day"), (3600, "hour"), (60, "min"), (1, "sec")):
        number, left = divmod(left, size)
        if number:
            parts.append(f"{number} {unit}{'' if number == 1 else 's'}")
        if parts and (len(parts) == 2 or not number):
            break
    return " ".join(parts) or "now"
