"""The facilitator pack: a scenario or a module as one page to print, from the same files.

What the compiled scenario holds is taken from there; the trainer's notes, which no player ever
gets, and the evidence in full come from the course. The page needs no other file and no script.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from collabcomm.course.compiler import Translate
from collabcomm.course.models import Course
from collabcomm.errors import NotFound
from collabcomm.pack.story import story
from collabcomm.pack.teller import Teller
from collabcomm.texts import did_you_mean

_LIGHT = re.compile(r":root \{[^}]*\}")


class UnknownPack(NotFound):
    """An id that is neither a scenario's nor a module's."""

    def __init__(self, part_id: str, known: Iterable[str]) -> None:
        self.part_id, self.known = part_id, list(known)
        super().__init__(f"no scenario or module '{part_id}'.{did_you_mean(part_id, self.known)}")


def pack(course: Course, part_id: str, translate: Translate = str) -> str:
    """Return the pack of a scenario, or of a module where no scenario has the id, as HTML.

    Give it a course that ``check`` found sound.

    Raises
    ------
    UnknownPack
        Where the course has neither.
    """
    teller = Teller(course, translate)
    module = None
    if part_id in course.scenarios:
        scenario_ids = [part_id]
    elif part_id in course.modules:
        scenario_ids, module = course.modules[part_id].scenarios, teller.module(part_id)
    else:
        raise UnknownPack(part_id, [*course.scenarios, *course.modules])
    env = Environment(
        loader=PackageLoader("collabcomm.pack", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return env.get_template("pack.html.j2").render(
        t=teller.text,
        parts=teller.parts,
        lang=course.info.language,
        course=teller.plain(course.info.title),
        module=module,
        stories=[story(teller, scenario_id) for scenario_id in scenario_ids],
        colours=Markup(_light()),
        fonts={name: _font(name) for name in ("latin", "welsh")},
    )


def _light() -> str:
    css = resources.files("collabcomm") / "look" / "colours.css"
    found = _LIGHT.search(css.read_text("utf-8"))
    return found[0] if found else ""


def _font(name: str) -> str:
    file = resources.files("collabcomm") / "look" / "fonts" / f"next-{name}.woff2"
    return b64encode(file.read_bytes()).decode()
