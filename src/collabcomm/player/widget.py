"""The player as a widget in notebooks: content in, state out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import anywidget
import traitlets

from collabcomm.engine.path import Path as StoryPath
from collabcomm.engine.path import play
from collabcomm.engine.scoring import Score, is_valid, score_quiz
from collabcomm.engine.types import Quiz, Scenario, Step
from collabcomm.player.join import widget_script
from collabcomm.texts import catalogue


class Activity(anywidget.AnyWidget):
    """A quiz or a scenario. ``data`` goes to the player, ``state`` comes back from it.

    A browser can set any synced trait. So scores are computed here, from a copy of the content
    that the browser cannot reach, and are for practice only; graded quizzes are not shown at all.
    """

    _esm = widget_script()
    _css = Path(__file__).parent / "player.css"
    data = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, content: Quiz | Scenario, lang: str) -> None:
        self.content = content
        strings = dict(catalogue("player", lang))
        super().__init__(data={**content, "strings": strings}, state={})

    def __repr__(self) -> str:
        return f"{self.content['kind']} {self.content['id']!r}"

    def on_change(self, callback: Callable[[Activity], None]) -> None:
        """Call back with this widget whenever a learner answers, steps or starts again."""
        self.observe(lambda _change: callback(self), names="state")

    @property
    def responses(self) -> dict[str, Any]:
        """The responses of a quiz by item, as far as they are complete; empty for a scenario."""
        given = self.state.get("responses")
        if self.content["kind"] != "quiz" or not isinstance(given, dict):
            return {}
        items = {item["id"]: item for item in self.content["items"]}
        return {k: v for k, v in given.items() if k in items and is_valid(items[k], v)}

    @property
    def path(self) -> StoryPath | None:
        """Where the steps of a scenario lead; None for a quiz."""
        return self._played(self.content) if self.content["kind"] == "scenario" else None

    def _played(self, scenario: Scenario) -> StoryPath:
        steps = self.state.get("steps")
        if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
            steps = []
        return play(scenario, cast("list[Step]", steps))

    @property
    def score(self) -> Score:
        """Points so far, of all a quiz has or of those met on a scenario's path."""
        if self.content["kind"] == "quiz":
            return score_quiz(self.content, self.responses)
        path = self._played(self.content)
        return Score(path.raw, path.max)
