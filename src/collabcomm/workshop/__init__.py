"""Quizzes and scenarios in notebooks: the book's player as a widget whose responses Python sees."""

from __future__ import annotations

import html

import ipywidgets as widgets

from collabcomm.course.compiler import compiler_around, plain
from collabcomm.player.widget import Activity
from collabcomm.texts import catalogue


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
