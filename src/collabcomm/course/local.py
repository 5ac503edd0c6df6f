"""How a module's procedures run in one place: what is wrong with them, and what is past its day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from collabcomm.course.loader import Loaded
from collabcomm.course.models import Local
from collabcomm.course.places import BIBLIOGRAPHY_FILE, lesson_page, local_file, module_file
from collabcomm.course.problems import Problem
from collabcomm.texts import day_words, did_you_mean


def local_problems(loaded: Loaded) -> Iterator[Problem]:
    """Report procedures whose lesson or source is not known, that are shown nowhere, or twice."""
    first: dict[str, str] = {}
    for module_id, local in loaded.course.locals.items():
        yield from _file(loaded, module_id, local)
        source = loaded.sources[local_file(module_id)]
        for i, procedure in enumerate(local.procedures):
            other = first.setdefault(procedure.id, source.file)
            if other != source.file:
                yield source.problem(
                    ("procedures", i),
                    f"a procedure '{procedure.id}' stands in {other} already. Give it another id",
                )


def _file(loaded: Loaded, module_id: str, local: Local) -> Iterator[Problem]:
    course = loaded.course
    source = loaded.sources[local_file(module_id)]
    lessons = [lesson.id for lesson in course.modules[module_id].lessons]
    for i, procedure in enumerate(local.procedures):
        for j, key in enumerate(procedure.sources):
            if key not in course.references:
                near = did_you_mean(key, course.references)
                yield source.problem(
                    ("procedures", i, "sources", j),
                    f"no entry '{key}' in {BIBLIOGRAPHY_FILE}.{near}",
                )
        if procedure.lesson not in lessons:
            near = did_you_mean(procedure.lesson, lessons)
            yield source.problem(
                ("procedures", i, "lesson"), f"no lesson '{procedure.lesson}'.{near}"
            )
            continue
        page = lesson_page(module_id, procedure.lesson)
        mentions = course.pages[page].mentions
        if not any(m.kind == "procedure" and m.target == procedure.id for m in mentions):
            yield source.problem(
                ("procedures", i),
                f"{page}.md does not show it. Put {{procedure}} {procedure.id} there",
            )


def past_review(loaded: Loaded, today: date) -> Iterator[str]:
    """Yield a line for each module, and each file of procedures, that is past its review date."""
    days = {module_file(key): module.review_by for key, module in loaded.course.modules.items()}
    days |= {local_file(key): local.review_by for key, local in loaded.course.locals.items()}
    for file, day in sorted(days.items()):
        if day and day < today:
            yield f"{file}: was to be reviewed by {day_words(day)}"
