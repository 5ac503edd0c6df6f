"""Quizzes and scenarios in notebooks: the book's player as a widget whose responses Python sees."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as widgets
import traitlets

from collabcomm.course.compiler import compiler_around, plain
from collabcomm.engine.scoring import Path as StoryPath
from collabcomm.engine.scoring import Score, is_valid, play, score_quiz
from collabcomm.texts import catalogue

_PLAYER = Path(__file__).parents[1] / "player"


class Activity(anywidget.AnyWidget):
    """A quiz or a scenario. ``data`` goes to the player, ``state`` comes back from it.

    A browser can set any synced trait. So scores are computed here, from a copy of the content
    that the browser cannot reach, and are for practice only; graded quizzes are not shown at all.
    """

    _esm = _PLAYER / "player.js"
    _css = _PLAYER / "player.css"
    data = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, content: dict[str, Any], lang: str) -> None:
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
        if self.content["kind"] != "scenario":
            return None
        steps = self.state.get("steps")
        if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
            steps = []
        return play(self.content, steps)

    @property
    def score(self) -> Score:
        """Points so far, of all a quiz has or of those met on a scenario's path."""
        if (path := self.path) is not None:
            return Score(path.raw, path.max)
        return score_quiz(self.content, self.responses)


def quiz(name: str) -> Activity:
    """Return a practice quiz of the course as a widget.

    Raises
    ------
    ValueError
        For an unknown quiz, and for a graded one: its key would be in the notebook's page.
    """
    compiler = compiler_around()
    known = compiler.course.quizzes
    if name not in known:
        raise ValueError(f"no quiz '{name}'; the course has {', '.join(sorted(known))}")
    if known[name].purpose != "practice":
        raise ValueError(f"quiz '{name}' is not for practice; learners take it in the book")
    return Activity(compiler.quiz(name), compiler.lang)


def scenario(name: str) -> Activity:
    """Return a scenario of the course as a widget; ValueError for an unknown one."""
    compiler = compiler_around()
    known = compiler.course.scenarios
    if name not in known:
        raise ValueError(f"no scenario '{name}'; the course has {', '.join(sorted(known))}")
    return Activity(compiler.scenario(name), compiler.lang)


def tally(activity: Activity) -> widgets.HTML:
    """Return a line under an activity that says what Python sees of it, as it happens."""
    line = widgets.HTML()
    texts = catalogue("workshop", compiler_around().lang)

    def show(one: Activity) -> None:
        if (path := one.path) is not None:
            values = {"steps": path.used, "raw": f"{path.raw:g}", "max": f"{path.max:g}"}
            text = texts["tally.scenario"].format(**values)
        else:
            count, result = len(one.responses), one.score
            text = texts["tally.quiz"].format(
                answered=count,
                items=len(one.content["items"]),
                raw=f"{result.raw:g}",
                max=f"{result.max:g}",
            )
        line.value = f'<p class="course-tally" role="status">{html.escape(text)}</p>'

    activity.on_change(show)
    show(activity)
    return line


def notes(name: str) -> widgets.HTML:
    """Return the trainer's notes of a scenario, folded away; they never stand in the book."""
    one = compiler_around().course.scenarios[name]
    texts = catalogue("workshop", compiler_around().lang)
    parts = [one.trainer, *(node.trainer for node in one.nodes.values())]
    titles = [one.title, *(node.title or key for key, node in one.nodes.items())]
    rows = []
    for title, part in zip(titles, parts, strict=True):
        if part is None:
            continue
        prompts = "".join(f"<li>{html.escape(p)}</li>" for p in part.prompts)
        extra = "".join(f"<p>{html.escape(x)}</p>" for x in (part.likely, part.care) if x)
        minutes = texts["notes.minutes"].format(n=part.minutes)
        rows.append(f"<h3>{html.escape(plain(title))} ({minutes})</h3><ul>{prompts}</ul>{extra}")
    summary = html.escape(texts["notes.title"].format(title=plain(one.title)))
    return widgets.HTML(f"<details><summary>{summary}</summary>{''.join(rows)}</details>")
