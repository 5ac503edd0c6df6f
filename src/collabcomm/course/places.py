"""Where things are: a course's folder, and the pages of its book."""

from __future__ import annotations

from pathlib import Path

from collabcomm.errors import NotFound
from collabcomm.settings import VARIABLES, Settings

CONTENT = Path(__file__).parents[1] / "content"  # the course that a wheel carries
REFERENCES = "book/references"
COURSE_FILE = "course.yml"
EVIDENCE_FILE = "book/evidence.yml"
BIBLIOGRAPHY_FILE = "book/references.bib"
SUPPORT_FILE = "support.yml"


def is_course(folder: Path) -> bool:
    """Tell whether a folder holds a course."""
    return (folder / COURSE_FILE).is_file()


def folder_of(named: Path | None) -> Path:
    """Return the course to use: the one named, this folder, or the one the package carries."""
    here = named or Path()
    if named is None and not is_course(here) and CONTENT.is_dir():
        return CONTENT
    return here


def folder_around() -> Path:
    """Return the course of a notebook: the one the environment names, else the one it lies in.

    Raises
    ------
    NotFound
        Where there is none, and the package carries none.
    """
    told = Settings.from_environment().course
    folders = [told] if told else [Path.cwd(), *Path.cwd().parents]
    found = next((folder for folder in [*folders, CONTENT] if is_course(folder)), None)
    if found is None:
        variable = VARIABLES["course"]
        raise NotFound(f"no {COURSE_FILE} here or above; set {variable} to a course folder")
    return found


def module_file(module_id: str) -> str:
    """Return the file of a module, from the course's folder."""
    return f"modules/{module_id}/module.yml"


def local_file(module_id: str) -> str:
    """Return the file of what differs from place to place in a module."""
    return f"modules/{module_id}/local.yml"


def quiz_file(quiz_id: str) -> str:
    """Return the file of a quiz, from the course's folder."""
    return f"quizzes/{quiz_id}.yml"


def scenario_file(scenario_id: str) -> str:
    """Return the file of a scenario, from the course's folder."""
    return f"scenarios/{scenario_id}.yml"


def module_page(module_id: str) -> str:
    """Return the page of a module; pages are named from the site's root, without an ending."""
    return f"modules/{module_id}/index"


def lesson_page(module_id: str, lesson_id: str) -> str:
    """Return the page of a lesson."""
    return f"modules/{module_id}/{lesson_id}"


def quiz_page(module_id: str) -> str:
    """Return the page of a module's graded quiz."""
    return f"modules/{module_id}/quiz"


def scenario_page(scenario_id: str) -> str:
    """Return the page of a scenario."""
    return f"scenarios/{scenario_id}"


def address(page: str) -> str:
    """Return the address of a page, from the site's root."""
    return f"{page}.html"


def reference_key(number: int) -> str:
    """Return the key of one of the evidence summary's references; 5 is ref05."""
    return f"ref{number:02d}"


def reference_address(key: str) -> str:
    """Return the address of an entry of the bibliography, from the site's root."""
    return f"{address(REFERENCES)}#ref-{key}"


def claim_address(page: str, claim_id: str) -> str:
    """Return the address of a claim on the page that presents it, from the site's root."""
    return f"{address(page)}#claim-{claim_id}"
