"""Compiled quizzes and scenarios: today's by their ids, those of earlier attempts by version."""

from __future__ import annotations

from typing import cast

from fastapi import Request

from collabcomm.course.deliver import Delivery, QuizDelivery, ScenarioDelivery
from collabcomm.engine.attempt import Attempt
from collabcomm.engine.types import Content, Item, Quiz, Scenario
from collabcomm.errors import NotFound
from collabcomm.store import Store


class Contents:
    """The course as the service knows it; every version that it began attempts on stays kept."""

    def __init__(self, delivery: Delivery, store: Store) -> None:
        self.delivery, self.store = delivery, store
        self._versions: dict[str, Content] = {}
        self._items: dict[str, dict[str, Item]] = {}
        quizzes = [quiz["content"] for quiz in delivery["quizzes"].values()]
        scenarios = [scenario["content"] for scenario in delivery["scenarios"].values()]
        contents: list[Content] = [*quizzes, *scenarios]
        for content in contents:
            store.contents.keep(content)
            self._versions[content["version"]] = content

    def quiz(self, quiz_id: str) -> QuizDelivery | None:
        """Return a quiz that the service scores, None where the course has none of this id."""
        return self.delivery["quizzes"].get(quiz_id)

    def activity(self, kind: str, activity_id: str) -> QuizDelivery | ScenarioDelivery:
        """Return a quiz or a scenario; raise NotFound where the service has none of this id."""
        parts = self.delivery["quizzes"] if kind == "quiz" else self.delivery["scenarios"]
        found = parts.get(activity_id)
        if found is None:
            raise NotFound(f"There is no {kind} '{activity_id}' to attempt.")
        return found

    def version(self, version: str) -> Content:
        """Return a quiz or scenario by its version; raise NotFound where the store has it not."""
        if version not in self._versions:
            content = self.store.contents.get(version)
            if content is None:
                raise NotFound("The content of this is no longer there.")
            self._versions[version] = content
        return self._versions[version]

    def scenario(self, version: str) -> Scenario:
        """Return a scenario by its version; raise NotFound where the store has it not."""
        return cast(Scenario, self.version(version))

    def item(self, attempt: Attempt, item_id: str) -> Item | None:
        """Return an item that an attempt at a quiz was given, None for any other."""
        return self._bank(attempt.version).get(item_id) if item_id in attempt.items else None

    def of_attempt(self, attempt: Attempt) -> Content:
        """Return the content of an attempt as it was begun; of a quiz the items drawn."""
        content = self.version(attempt.version)
        if content["kind"] == "scenario":
            return content
        bank = self._bank(attempt.version)
        drawn: Quiz = {**content, "items": [bank[i] for i in attempt.items if i in bank]}
        return drawn

    def _bank(self, version: str) -> dict[str, Item]:
        """Return the items of a quiz by id."""
        if version not in self._items:
            content = self.version(version)
            items = content["items"] if content["kind"] == "quiz" else []
            self._items[version] = {item["id"]: item for item in items}
        return self._items[version]


def contents_of(request: Request) -> Contents:
    """Return the contents of the service that is asked."""
    return cast(Contents, request.app.state.contents)
