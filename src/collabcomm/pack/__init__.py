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
    """A name that is neither a scenario's nor a module's."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name, self.known = name, list(known)
        super().__init__(f"no scenario or module '{name}'.{did_you_mean(name, self.known)}")


def pack(course: Course, name: str, translate: Translate = str) -> str:
    """Return the pack of a scenario, or of a module where no scenario has the name, as HTML.

    Give it a course that ``check`` found sound.

    Raises
    ------
    UnknownPack
        Where the course has neither.
    """
    teller = Teller(course, translate)
    module = None
    if name in course.scenarios:
        scenario_ids = [name]
    elif name in course.modules:
        scenario_ids, module = course.modules[name].scenarios, teller.module(name)
    else:
        raise UnknownPack(name, [*course.scenarios, *course.modules])
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
