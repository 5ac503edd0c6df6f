"""How the workshops run in Voila: which notebooks, with which options. Nothing else is served."""

from __future__ import annotations

import json
import os
import shutil
import sys
from html import escape
from pathlib import Path

from collabcomm.course.loader import Loaded
from collabcomm.room.console import opening_view
from collabcomm.settings import Settings
from collabcomm.texts import catalogue

HERE = Path(__file__).parent
LOOK = HERE.parent / "look"
TEMPLATE = "collabcomm"
PAGES = {
    "scenarios/room.ipynb": "trainers-room.ipynb",
    "quizzes/results.ipynb": "assessors-desk.ipynb",
}
IDLE_SECONDS = 1800
# JupyterLab extensions that come with the packages; here they cost time and warn on the console.
UNUSED = ("jupyterlab_pygments", "@voila-dashboards/jupyterlab-preview")


def gather(loaded: Loaded, folder: Path) -> Path:
    """Fill a folder with what Voila needs and return it.

    ``notebooks`` holds the modules' workshops, each under its module's name, the trainer's room and
    the assessor's desk; Voila serves a whole folder, so it gets one with nothing else in it.
    ``jupyter`` holds the page template with the book's colours beside it. ``room.json`` is what the
    trainer's console shows while the rest of it loads.
    """
    shutil.rmtree(folder, ignore_errors=True)
    notebooks = folder / "notebooks"
    notebooks.mkdir(parents=True)
    for module in loaded.course.modules.values():
        if module.workshop:
            source = loaded.root / "modules" / module.id / module.workshop
            shutil.copyfile(source, notebooks / f"{module.id}.ipynb")
    for place, name in PAGES.items():
        if (loaded.root / place).is_file():
            shutil.copyfile(loaded.root / place, notebooks / name)
    template = folder / "jupyter" / "voila" / "templates" / TEMPLATE
    shutil.copytree(HERE / "templates", template)
    lang = loaded.course.info.language
    title = escape(catalogue("workshop", lang)["list.title"])
    for page in (template / "tree.html", template / "index.html.j2"):
        text = page.read_text("utf-8").replace("{lang}", lang).replace("{title}", title)
        page.write_text(text, "utf-8")
    for file in (LOOK / "colours.css", HERE / "workshop.css"):
        shutil.copyfile(file, template / file.name)
    (folder / "room.json").write_text(json.dumps(opening_view(loaded.course)), "utf-8")
    return folder


def command(folder: Path, port: int | str, idle: int = IDLE_SECONDS) -> list[str]:
    """Return the command line that serves the notebooks of a gathered folder on this machine.

    Kernels end when no page is connected to them and they were idle for ``idle`` seconds; a trainer
    who talks for an hour keeps theirs. Preheating stays off: it would hand out culled kernels.
    """
    return [
        sys.executable,
        "-m",
        "voila",
        str(folder / "notebooks"),
        "--no-browser",
        f"--port={port}",
        "--Voila.ip=127.0.0.1",
        f"--template={TEMPLATE}",
        "--VoilaConfiguration.classic_tree=True",
        *(f"--VoilaConfiguration.extension_denylist={name}" for name in UNUSED),
        "--preheat_kernel=False",
        "--show_tracebacks=False",
        "--Voila.log_level=ERROR",
        f"--MappingKernelManager.cull_idle_timeout={idle}",
        f"--MappingKernelManager.cull_interval={min(60, max(idle // 2, 1))}",
        "--MappingKernelManager.cull_connected=False",
    ]


def environment(folder: Path, root: Path, database: str, site: str) -> dict[str, str]:
    """Return what Voila and its kernels need to be told: template, course, results, the book."""
    paths = [str((folder / "jupyter").resolve()), os.environ.get("JUPYTER_PATH", "")]
    told = Settings(
        course=root.resolve(),
        database=database,
        site_url=site,
        room_view=(folder / "room.json").resolve(),
    )
    return {"JUPYTER_PATH": os.pathsep.join(filter(None, paths)), **told.as_environment()}
