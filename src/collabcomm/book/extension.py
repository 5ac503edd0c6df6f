"""The book as a Sphinx extension: the course is checked, and shown in the lean theme of our own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from collabcomm import __version__
from collabcomm.book import activities, evidence, evidence_map, forms, lessons, local
from collabcomm.book.assets import LOOK, gather
from collabcomm.book.directive import BOOKS, Book, data_script
from collabcomm.book.pages import PageContext
from collabcomm.book.returns import returns_json
from collabcomm.course.check import check
from collabcomm.course.compiler import Compiler, version_of
from collabcomm.course.loader import load
from collabcomm.course.problems import CourseError
from collabcomm.texts import catalogue

TEMPLATES = Path(__file__).parent / "templates"
THEME = "collabcomm"
# Whether the course has still to be checked; `collabcomm build` has done it before it comes here.
checks = True


def _configure(app: Sphinx, config: Any) -> None:
    """Load and check the course before anything is read; a broken course builds no book."""
    try:
        loaded = load(Path(app.srcdir))
    except CourseError as error:
        raise ExtensionError(f"The course has problems:\n{error}") from None
    if checks and (problems := check(loaded)):
        raise ExtensionError("The course has problems:\n" + "\n".join(map(str, problems)))
    BOOKS[app] = Book(loaded.course, Compiler(loaded.course), loaded.root)
    assets = Path(app.doctreedir) / "static"
    look = gather(assets)
    config.html_static_path.append(str(assets))
    config.templates_path.append(str(LOOK))
    config.primary_domain = None  # else {module} would be Python's
    config.html_permalinks = False
    config.html_use_index = False
    config.html_domain_indices = False
    # Every page shows titles, minutes and links of the whole course: when they change, all pages
    # are written again (not read again).
    info = loaded.course.info.model_dump()
    modules = {k: m.model_dump(mode="json") for k, m in loaded.course.modules.items()}
    files = [*TEMPLATES.rglob("*.*"), *LOOK.rglob("*.svg")]
    theme = {p.name: p.read_text("utf-8") for p in sorted(files)}
    texts = [dict(catalogue(name, loaded.course.info.language)) for name in ("book", "player")]
    config.collabcomm_version = version_of([__version__, info, modules, theme, look, *texts])


def _page(app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doc: Any) -> None:
    body = context.get("body") or ""
    kinds = set(re.findall(r"<course-(\w+)", body))
    if kinds:
        strings = dict(catalogue("player", BOOKS[app].course.info.language))
        context["body"] = body + data_script(strings, ' class="course-strings"')
    context["cc"] = PageContext(BOOKS[app].course, app.env, pagename, kinds)


def _finish(app: Sphinx, error: Exception | None) -> None:
    """Write what stands beside the pages.

    ``host.json`` says that no service stands behind a static site; the service answers this address
    itself.
    """
    if error is None and app.builder.format == "html":
        out = Path(app.outdir)
        (out / "host.json").write_text('{"service":null}\n', "utf-8")
        (out / "returns.json").write_text(returns_json(BOOKS[app]), "utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives, the roles and the theme with Sphinx."""
    app.add_html_theme(THEME, str(TEMPLATES))
    app.add_config_value("collabcomm_version", "", "html", [str])
    app.add_config_value("comments_config", {}, "")  # Jupyter Book always sets it
    for part in (activities, lessons, forms, local, evidence, evidence_map):
        part.setup(app)
    app.connect("config-inited", _configure, priority=900)
    app.connect("html-page-context", _page, priority=900)
    app.connect("build-finished", _finish)
    return {"version": __version__, "parallel_read_safe": False, "parallel_write_safe": True}
