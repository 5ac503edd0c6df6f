"""Quizzes and scenarios in notebooks: the book's player as a widget whose responses Python sees."""

from __future__ import annotations

import html
from typing import cast

import ipywidgets as widgets
from jinja2 import Environment, PackageLoader, StrictUndefined

from collabcomm.course.compiler import compiler_around
from collabcomm.course.markup import plain
from collabcomm.course.notes import trainer_notes
from collabcomm.course.words import ConditionWords
from collabcomm.engine.items import type_of
from collabcomm.engine.types import Quiz
from collabcomm.player.widget import Activity
from collabcomm.texts import catalogue


def quiz(quiz_id: str) -> Activity:
    """Return a practice quiz of the course as a widget.

    Raises
    ------
    ValueError
        For an unknown quiz, and for a graded one: its key would be in the notebook's page.
    """
    compiler = compiler_around()
    known = compiler.course.quizzes
    if quiz_id not in known:
        raise ValueError(f"no quiz '{quiz_id}'; the course has {', '.join(sorted(known))}")
    if known[quiz_id].purpose != "practice":
        raise ValueError(f"quiz '{quiz_id}' is not for practice; learners take it in the book")
    return Activity(compiler.quiz(quiz_id), compiler.lang)


def scenario(scenario_id: str) -> Activity:
    """Return a scenario of the course as a widget; ValueError for an unknown one."""
    compiler = compiler_around()
    known = compiler.course.scenarios
    if scenario_id not in known:
        raise ValueError(f"no scenario '{scenario_id}'; the course has {', '.join(sorted(known))}")
    return Activity(compiler.scenario(scenario_id), compiler.lang)


def tally(activity: Activity) -> widgets.HTML:
    """Return a line under an activity that says what Python sees of it, as it happens.

    What a learner writes in words of their own is not sent, and is not counted.
    """
    line = widgets.HTML()
    texts = catalogue("workshop", compiler_around().lang)

    def show(shown: Activity) -> None:
        if (path := shown.path) is not None:
            values = {"steps": path.used, "raw": f"{path.raw:g}", "max": f"{path.max:g}"}
            text = texts["tally.scenario"].format(**values)
        else:
            count, result = len(shown.responses), shown.score
            items = cast("Quiz", shown.content)["items"]
            text = texts["tally.quiz"].format(
                answered=count,
                items=sum(not type_of(item).private for item in items),
                raw=f"{result.raw:g}",
                max=f"{result.max:g}",
            )
        line.value = f'<p class="course-tally" role="status">{html.escape(text)}</p>'

    activity.on_change(show)
    show(activity)
    return line


def notes(scenario_id: str) -> widgets.HTML:
    """Return the trainer's notes of a scenario, folded away; they never stand in the book."""
    compiler = compiler_around()
    model = compiler.course.scenarios[scenario_id]
    titles = {"": model.title, **{key: n.title or key for key, n in model.nodes.items()}}
    texts = catalogue("workshop", compiler.lang)
    environment = Environment(
        loader=PackageLoader("collabcomm.workshop", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found = trainer_notes(compiler, scenario_id)
    words = ConditionWords(compiler.scenario(scenario_id), lambda key: plain(titles[key]))
    drawn = environment.get_template("workshop.html.j2").render(
        summary=texts["notes.title"].format(title=plain(model.title)),
        minutes=texts["notes.minutes"],
        notes=[
            (plain(titles[key]), {**told, "prompts": words.prompts(told["prompts"])})
            for key, told in found.items()
        ],
    )
    return widgets.HTML(drawn)
