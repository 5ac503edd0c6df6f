"""What the results service needs of a course, compiled: it works on this and reads no course.

The player JSON in it is what pages hold, versions included. What a page has no use for (the module,
the number of attempts, how items are drawn) stands beside it, so that no version depends on it.
"""

from __future__ import annotations

# Pydantic needs this TypedDict before Python 3.12.
from typing_extensions import TypedDict

from collabcomm.course.compiler import Compiler
from collabcomm.course.models import Course
from collabcomm.engine.types import Quiz, Scenario


class DrawRule(TypedDict):
    """How many items an attempt gets, and at least how many scored ones of every outcome."""

    items: int
    per_outcome: int


class QuizDelivery(TypedDict):
    """A quiz that the service scores, with its key.

    ``module`` is None in a questionnaire on the whole course, ``attempts`` where there is no limit,
    ``draw`` where an attempt gets all items. ``outcomes`` are those that items ask for, by item.
    """

    content: Quiz
    module: str | None
    attempts: int | None
    draw: DrawRule | None
    outcomes: dict[str, str | None]


class ScenarioDelivery(TypedDict):
    """A scenario, and the module that it belongs to."""

    content: Scenario
    module: str


class Delivery(TypedDict):
    """A course as the service knows it. ``modules`` are the ids of their graded quizzes, if any."""

    course_id: str
    lang: str
    modules: dict[str, str | None]
    quizzes: dict[str, QuizDelivery]
    scenarios: dict[str, ScenarioDelivery]


def deliver(course: Course) -> Delivery:
    """Compile what the service needs of a course that ``check`` found sound."""
    compiler = Compiler(course)
    return {
        "course_id": course.info.id,
        "lang": course.info.language,
        "modules": {module.id: module.quiz for module in course.modules.values()},
        "quizzes": {
            quiz.id: deliver_quiz(compiler, quiz.id)
            for quiz in course.quizzes.values()
            if quiz.purpose != "practice"
        },
        "scenarios": {
            scenario.id: {
                "content": compiler.scenario(scenario.id),
                "module": scenario.module,
            }
            for scenario in course.scenarios.values()
        },
    }


def deliver_quiz(compiler: Compiler, quiz_id: str) -> QuizDelivery:
    """Compile a quiz with what the service needs beside it."""
    quiz = compiler.course.quizzes[quiz_id]
    draw = quiz.draw
    return {
        "content": compiler.quiz(quiz_id),
        "module": quiz.module,
        "attempts": quiz.attempts,
        "draw": {"items": draw.items, "per_outcome": draw.per_outcome} if draw else None,
        "outcomes": {item.id: item.outcome for item in quiz.items},
    }
