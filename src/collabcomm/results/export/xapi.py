"""Results as xAPI 1.0.3 statements, an array that a learning record store takes.

Each attempt is ``initialized``; each answer of a submitted one is ``answered``, with the
interaction type that fits its item (a scenario's decision is a ``choice``); then comes ``passed``,
``failed`` or ``completed``. Ids of statements are made from those of the attempt, so that sending
twice is harmless. An actor is an account of the learner's opaque id: names are not in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from collabcomm.engine.attempt import Response, latest
from collabcomm.engine.items import type_of
from collabcomm.engine.items.base import labels
from collabcomm.engine.path import play, told
from collabcomm.engine.people import Cohort
from collabcomm.engine.scoring import item_points
from collabcomm.engine.types import Item, Quiz, Scenario
from collabcomm.results.export import Options
from collabcomm.results.export.rows import Work, all_work, choice_rows, named
from collabcomm.store import Store
from collabcomm.texts import text_of

VERBS = "http://adlnet.gov/expapi/verbs/"
ACTIVITIES = "http://adlnet.gov/expapi/activities/"
NAMESPACE = UUID("b0b7f2de-6b6c-5d1c-9d56-6d1c2f6d2a11")
Statement = dict[str, Any]


def export(store: Store, cohort: Cohort, shape: str, options: Options) -> Iterator[bytes]:
    """Yield a JSON array of statements, in the order they happened within an attempt."""
    comma = b"[\n"
    for work in all_work(store, cohort, options):
        for statement in _statements(work, options.site.rstrip("/")):
            yield comma + json.dumps(statement, ensure_ascii=False).encode()
            comma = b",\n"
    yield b"\n]\n" if comma == b",\n" else b"[]\n"


def _statements(work: Work, site: str) -> Iterator[Statement]:
    attempt = work.attempt
    frame = _Frame(work, site)
    yield frame.statement("initialized", "initialized", frame.activity(), attempt.started)
    if attempt.submitted is None or work.content is None:
        return
    if quiz := work.quiz:
        yield from _answers(work, quiz, frame)
    if scenario := work.scenario:
        yield from _choices(work, scenario, frame, attempt.submitted)
    verb = {None: "completed", True: "passed", False: "failed"}[attempt.passed]
    result: dict[str, Any] = {
        "completion": True,
        "duration": _duration(attempt.started, attempt.submitted),
    }
    if attempt.max:
        result["score"] = _score(attempt.raw or 0, attempt.max)
    if attempt.passed is not None:
        result["success"] = attempt.passed
    yield frame.statement(verb, verb, frame.activity(), attempt.submitted, result)


def _answers(work: Work, quiz: Quiz, frame: _Frame) -> Iterator[Statement]:
    items = {item["id"]: item for item in quiz["items"]}
    given = latest(work.responses)
    for item_id in work.attempt.items:
        item = items.get(item_id)
        if item is None or given.get(item_id) is None or not type_of(item).xapi:
            continue
        sent = next(r for r in reversed(work.responses) if r.item == item_id)
        result: Statement = {"response": type_of(item).spelt(item, given[item_id])}
        points = item_points(item, given[item_id])
        if points.max:
            result |= {"success": points.raw >= points.max, "score": _score(points.raw, points.max)}
        definition = interaction(item, quiz["lang"])
        target = frame.activity(f"items/{item_id}", definition)
        yield frame.statement("answered", item_id, target, _moment(sent), result)


def _choices(
    work: Work, scenario: Scenario, frame: _Frame, submitted: datetime
) -> Iterator[Statement]:
    lang, steps = scenario["lang"], work.attempt.steps
    for n, row in enumerate(choice_rows(work)):
        step = named("choices", row)
        node = scenario["nodes"][step["node"]]
        if node["kind"] == "decision":
            options = [{"id": c["id"], "text": c["text"]} for c in node["choices"]]
            most = max(c["points"] for c in node["choices"])
            best = [c["id"] for c in node["choices"] if c["points"] == most]
            ask = told(node["ask"], play(scenario, steps[:n]).facts[-1])
            definition = _choice(text_of(ask), options, best, lang)
            result: Statement = {"response": step["choice"], "success": step["choice"] in best}
        elif node["kind"] == "item" and type_of(node["item"]).xapi:
            response = steps[n].get("response")
            definition = interaction(node["item"], lang)
            result = {"response": type_of(node["item"]).spelt(node["item"], response)}
            points = item_points(node["item"], response)
            if points.max:
                result["success"] = points.raw >= points.max
        else:
            continue
        target = frame.activity(f"nodes/{step['node']}", definition)
        yield frame.statement("answered", f"{n}:{step['node']}", target, submitted, result)


class _Frame:
    """What all statements of an attempt share."""

    def __init__(self, work: Work, site: str) -> None:
        attempt = work.attempt
        self.work = work
        self.base = f"{site}/xapi/{attempt.kind}/{attempt.activity}"
        self.actor = {
            "objectType": "Agent",
            "account": {"homePage": site, "name": attempt.learner},
        }
        self.site = site

    def activity(self, part: str = "", definition: Statement | None = None) -> Statement:
        """Return the attempt's activity as an object, or a part of it."""
        work = self.work
        if definition is None:
            kind = "assessment" if work.attempt.kind == "quiz" else "simulation"
            definition = {"type": f"{ACTIVITIES}{kind}"}
            if work.content:
                definition["name"] = {work.content["lang"]: text_of(work.content["title"])}
        name = f"{self.base}/{part}" if part else self.base
        return {"objectType": "Activity", "id": name, "definition": definition}

    def statement(
        self,
        verb: str,
        key: str,
        target: Statement,
        at: datetime,
        result: Statement | None = None,
    ) -> Statement:
        """Return a statement; ``key`` tells it from the attempt's others."""
        attempt = self.work.attempt
        groups = [
            {"objectType": "Activity", "id": f"{self.site}/xapi/cohort/{self.work.cohort.code}"}
        ]
        context: Statement = {
            "registration": attempt.id,
            "platform": "Collaborative Communication",
            "contextActivities": {"grouping": groups},
            "extensions": {f"{self.site}/xapi/content-version": attempt.version},
        }
        if target["id"] != self.base:
            context["contextActivities"]["parent"] = [{"objectType": "Activity", "id": self.base}]
        made: Statement = {
            "id": str(uuid5(NAMESPACE, f"{attempt.id}:{verb}:{key}")),
            "actor": self.actor,
            "verb": {"id": f"{VERBS}{verb}", "display": {"en": verb}},
            "object": target,
            "context": context,
            "timestamp": at.isoformat(),
        }
        return made | ({"result": result} if result else {})


def interaction(item: Item, lang: str) -> Statement:
    """Return the definition of an item: its interaction type, parts and right answers."""
    item_type = type_of(item)
    made: Statement = {
        "type": f"{ACTIVITIES}cmi.interaction",
        "description": {lang: text_of(item["stem"])},
        "interactionType": item_type.xapi,
    }
    for name, parts in item_type.interaction(item).items():
        made[name] = _parts(labels(parts), lang)
    if right := item_type.correct(item):
        made["correctResponsesPattern"] = right
    return made


def _choice(ask: str, options: list[dict[str, str]], best: list[str], lang: str) -> Statement:
    made: Statement = {
        "type": f"{ACTIVITIES}cmi.interaction",
        "description": {lang: ask},
        "interactionType": "choice",
        "choices": _parts({o["id"]: text_of(o["text"]) for o in options}, lang),
    }
    return made | ({"correctResponsesPattern": best} if best else {})


def _parts(texts: dict[str, str], lang: str) -> list[Statement]:
    return [{"id": key, "description": {lang: text}} for key, text in texts.items()]


def _score(raw: float, most: float) -> dict[str, float]:
    return {"scaled": round(raw / most, 6), "raw": raw, "min": 0, "max": most}


def _duration(started: datetime, submitted: datetime) -> str:
    return f"PT{max((submitted - started).total_seconds(), 0):.2f}S"


def _moment(sent: Response) -> datetime:
    """Return when the answer was received: the learner's clock may be wrong."""
    return sent.received
