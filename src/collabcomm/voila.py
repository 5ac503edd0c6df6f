"""How the workshops run in Voila: which notebooks, with which options. Nothing else is served."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from collabcomm.loader import Loaded

PACKAGE = Path(__file__).parent
IDLE_SECONDS = 1800


def gather(loaded: Loaded, folder: Path) -> Path:
    """Copy the modules' workshops into a folder of their own, each under its module's name.

    Voila serves a whole folder, so it gets one that holds nothing but what trainers run.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for module in loaded.course.modules.values():
        if module.workshop:
            source = loaded.root / "modules" / module.id / module.workshop
            shutil.copyfile(source, folder / f"{module.id}.ipynb")
    return folder


def command(folder: Path, port: int, idle: int = IDLE_SECONDS) -> list[str]:
    """Return the command line that serves a folder of notebooks on this machine.

    Kernels end when no page is connected to them and they were idle for ``idle`` seconds; a trainer
    who talks for an hour keeps theirs. Preheating stays off: it would hand out culled kernels.
    """
    return [
        sys.executable,
        "-m",
        "voila",
        str(folder),
        "--no-browser",
        f"--port={port}",
        "--Voila.ip=127.0.0.1",
        "--template=collabcomm",
        "--classic_tree=True",
        "--preheat_kernel=False",
        "--show_tracebacks=False",
        "--Voila.log_level=ERROR",
        f"--VoilaExporter.extra_template_paths={PACKAGE / 'static'}",
        f"--MappingKernelManager.cull_idle_timeout={idle}",
        f"--MappingKernelManager.cull_interval={min(60, max(idle // 2, 1))}",
        "--MappingKernelManager.cull_connected=False",
    ]


def environment(root: Path) -> dict[str, str]:
    """Return the environment of Voila and its kernels: where the template and the course are."""
    paths = [str(PACKAGE / "templates"), os.environ.get("JUPYTER_PATH", "")]
    return {
        **os.environ,
        "JUPYTER_PATH": os.pathsep.join(filter(None, paths)),
        "COLLABCOMM_COURSE": str(root.resolve()),
    }
