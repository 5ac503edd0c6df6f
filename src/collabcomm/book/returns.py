"""What may come back on the home page: the questions of practice quizzes, and tasks of modules.

The scripts keep ids and days in the learner's browser and nothing else; here stands what belongs
to the ids, as the course has it now.
"""

from __future__ import annotations

import json
from typing import Any

from collabcomm.book.directive import Book
from collabcomm.course.models import Course
from collabcomm.course.places import address, module_page
from collabcomm.texts import catalogue, text_of

Json = dict[str, Any]
GUIDE = "book/guide-learners"  # where a course says what the days rest on, if it has the page


def returns_json(book: Book) -> str:
    """Return ``returns.json``: interface texts, stems by quiz and item, tasks by module."""
    course = book.course
    texts = catalogue("book", course.info.language).items()
    index = {
        "course": course.info.title,
        "why": f"{address(GUIDE)}#what-comes-back" if GUIDE in course.pages else None,
        "texts": {key: text for key, text in texts if key.startswith("book.returns.")},
        "quizzes": _quizzes(book),
        "tasks": {
            module.id: {
                "href": address(module_page(module.id)),
                "lessons": [lesson.id for lesson in module.lessons],
                "text": book.compiler.inline(module.task.text),
                "ask": text_of(book.compiler.inline(module.task.ask)),
            }
            for module in course.modules.values()
            if module.task
        },
    }
    return json.dumps(index, ensure_ascii=False, separators=(",", ":")) + "\n"


def _quizzes(book: Book) -> Json:
    """Return the practice quizzes that stand on a page, with the stems of what is scored."""
    found: Json = {}
    for quiz_id, page in _pages(book.course).items():
        quiz = book.course.quizzes[quiz_id]
        if quiz.purpose == "practice":
            found[quiz_id] = {
                "title": quiz.title,
                "href": address(page),
                "items": {
                    item.id: text_of(book.compiler.block(item.stem) or "")
                    for item in quiz.items
                    if item.scored
                },
            }
    return found


def _pages(course: Course) -> dict[str, str]:
    """Return the first page that shows each quiz."""
    pages: dict[str, str] = {}
    for name, page in course.pages.items():
        for mention in page.mentions:
            if mention.kind == "quiz":
                pages.setdefault(mention.target, name)
    return pages
