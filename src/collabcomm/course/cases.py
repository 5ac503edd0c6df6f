"""Cases that run through a course: each lesson holds an episode, numbered from 1."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from collabcomm.course.loader import Loaded
from collabcomm.course.models import Course
from collabcomm.course.problems import Problem


def episodes(course: Course, case_id: str) -> dict[int, str]:
    """Return the page of each episode of a case, by its number."""
    found = {
        mention.part: docname
        for docname, page in course.pages.items()
        for mention in page.mentions
        if mention.kind == "case" and mention.target == case_id and mention.part
    }
    return dict(sorted(found.items()))


def case_problems(loaded: Loaded) -> Iterator[Problem]:
    """Report episodes without a number, with that of another, or after one that is missing."""
    told: dict[tuple[str, int], Problem] = {}
    for docname, page in loaded.course.pages.items():
        for mention in page.mentions:
            if mention.kind != "case":
                continue
            here = Problem(f"{docname}.md", mention.line, "{case}", "")
            if not mention.part:
                what = "':part:' is missing. Write its number below it, ':part: 1' for the first"
                yield replace(here, message=what)
                continue
            other = told.setdefault((mention.target, mention.part), here)
            if other is not here:
                what = f"stands in {other.file}:{other.line} already"
                yield _numbered(here, mention.target, mention.part, what)
    for (case_id, part), here in told.items():
        if part > 1 and (case_id, part - 1) not in told:
            yield _numbered(here, case_id, part, f"comes without part {part - 1}")


def _numbered(here: Problem, case_id: str, part: int, what: str) -> Problem:
    advice = "Number the parts as they are told: 1, 2, 3"
    return replace(here, message=f"part {part} of '{case_id}' {what}. {advice}")
