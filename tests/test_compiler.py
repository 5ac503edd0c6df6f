"""What the compiler makes of a small course, as a whole."""

from __future__ import annotations

import json

from collabcomm.course.compiler import Compiler, compiler_around
from collabcomm.course.loader import load
from folders import GOLDEN, REPO, SMALL


def compiled() -> str:
    """Return the player JSON of the small course: quizzes whole and as pages hold them, stories."""
    course = load(SMALL).course
    compiler = Compiler(course)
    parts = {
        "quizzes": {quiz_id: compiler.quiz(quiz_id) for quiz_id in course.quizzes},
        "pages": {quiz_id: compiler.page_quiz(quiz_id) for quiz_id in course.quizzes},
        "scenarios": {
            scenario_id: compiler.scenario(scenario_id) for scenario_id in course.scenarios
        },
    }
    return json.dumps(parts, ensure_ascii=False, indent=1) + "\n"


def test_a_course_compiles_to_what_it_compiled_to_before():
    """Renew with ``python tests/test_compiler.py``; every difference is one that players meet."""
    assert json.loads(compiled()) == json.loads((GOLDEN / "course.json").read_text("utf-8"))


if __name__ == "__main__":
    (GOLDEN / "course.json").write_text(compiled(), "utf-8")


def test_the_course_around_is_the_one_that_the_environment_names_now(monkeypatch):
    titles = []
    for folder in (REPO, SMALL, REPO):
        monkeypatch.setenv("COLLABCOMM_COURSE", str(folder))
        titles.append(compiler_around().course.info.title)
    assert titles[0] == titles[2] != titles[1]
