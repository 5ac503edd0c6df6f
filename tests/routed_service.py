"""The real service over a small course, behind a browser's routes; only faults are injected."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi.testclient import TestClient
from playwright.sync_api import Route

from collabcomm.course.compiler import Compiler
from collabcomm.course.deliver import deliver
from collabcomm.course.loader import load
from collabcomm.engine.people import now
from collabcomm.service.app import create_app
from collabcomm.store import Store
from conftest import HERE, Visitor

# One item with a key and one with several, each worth a point.
QUIZ = """
id: graded
title: A few questions
module: first
pass_mark: 80
attempts: 3
purpose: graded
items:
  - id: single
    type: single-choice
    outcome: o-1
    basis: theory
    sources: [brehm1966]
    stem: What keeps a choice with the person?
    options:
      - {id: ask, text: Asking, correct: true, feedback: It leaves the choice.}
      - {id: warn, text: Warning, feedback: It presses.}
  - id: multiple
    type: multiple-response
    outcome: o-1
    basis: theory
    sources: [brehm1966]
    stem: What opens a talk?
    options:
      - {id: see, text: Seeing, correct: true, feedback: It is seen.}
      - {id: hear, text: Hearing, correct: true, feedback: It is heard.}
      - {id: tell, text: Telling, feedback: It closes.}
"""


class RoutedService:
    """A service, and one browser whose requests reach it.

    ``asked`` are the requests (method, path, body) and the status that each was answered with.
    Faults: ``fail`` is "down" or the status that every request is answered with; ``format`` is
    the format of every quiz.
    """

    def __init__(self, visitor: Visitor, folder: Path) -> None:
        shutil.copytree(HERE / "content/course", folder / "course")
        (folder / "course/quizzes/graded.yml").write_text(QUIZ, "utf-8")
        (folder / "site").mkdir()
        course = load(folder / "course").course
        compiler = Compiler(course)
        self.quiz = compiler.page_quiz("graded")
        self.story = compiler.scenario("story")
        self.store = Store(f"sqlite:///{folder / 'results.sqlite3'}")
        self.cohort = self.store.cohorts.create("Autumn", ("first",), now())
        self.client = TestClient(create_app(folder / "site", deliver(course), self.store))
        self.asked: list[tuple[str, str, dict[str, Any], int]] = []
        self.fail: str | int | None = None
        self.format: int | None = None
        for addresses in ("**/host.json", "**/api/**"):
            visitor.context.route(addresses, self._answer)

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()

    def join(self) -> None:
        """Let the learner of the browser have joined already."""
        self.client.post("/api/join", json={"code": self.cohort.code, "name": None})

    def saved(self) -> list[dict[str, Any]]:
        """The answers that the service took, in their order, each with its ``item``."""
        return [
            {**body, "item": path.split("/")[-1]}
            for method, path, body, status in self.asked
            if method == "PUT" and "/responses/" in path and status == 200
        ]

    def handed_in(self) -> list[dict[str, Any]]:
        """What was handed in."""
        return [
            b for _, path, b, status in self.asked if path.endswith("/submit") and status == 200
        ]

    def _answer(self, route: Route) -> None:
        request = route.request
        if self.fail == "down":
            return route.abort()
        if isinstance(self.fail, int):
            return route.fulfill(status=self.fail, json={})
        address = urlsplit(request.url)
        answer = self.client.request(
            request.method,
            f"{address.path}?{address.query}",
            content=request.post_data_buffer,
            headers={"Content-Type": "application/json"},
        )
        sent = json.loads(request.post_data or "{}")
        self.asked.append((request.method, address.path, sent, answer.status_code))
        body = answer.json()
        if self.format and body.get("quiz"):
            body["quiz"]["format"] = self.format
        return route.fulfill(status=answer.status_code, json=body)
