"""Builds the book with Jupyter Book, in a process of its own: ``python -m collabcomm.book.build``.

What Jupyter Book imports and a build never uses takes a third of the time of a build after one
edit. So that process is told first that it has it, or has it not. This goes once Jupyter Book and
MyST-NB import those lazily themselves.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

from collabcomm.errors import Refused

# No notebook is executed, so the cache of executions, with its database, is not needed.
UNUSED = {
    "myst_nb.core.execute.cache": "NotebookClientCache",
    "jupyter_cache.executors.utils": "single_nb_execution",
}
# jsonschema compiles a grammar of web addresses where it finds this package; the book's settings
# have none to check.
UNWANTED = "rfc3987_syntax"
STRICT = ("-W", "-n", "--keep-going", "-q")
SHOWN = 4000  # characters of each of a build's two streams; the end says what was wrong


class BuildFailed(Refused):
    """The book was not built; the text ends with what the build said."""


def build(root: Path, output: Path) -> Path:
    """Build the book of a course folder strictly, warnings being errors.

    Parameters
    ----------
    root
        The course folder; the course is sound.
    output
        Where ``_build/html`` goes.

    Returns
    -------
    Path
        The folder of the built pages.

    Raises
    ------
    BuildFailed
        With what the build said.
    """
    command = [sys.executable, "-m", "collabcomm.book.build", "build", str(root)]
    command += ["--path-output", str(output), *STRICT]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        # A second build would skip the pages that were read, and with them their warnings.
        shutil.rmtree(output / "_build" / ".doctrees", ignore_errors=True)
        said = done.stdout[-SHOWN:] + done.stderr[-SHOWN:]
        raise BuildFailed(f"The book was not built; its build said:\n{said.rstrip()}")
    return (output / "_build" / "html").resolve()


def leave_out() -> None:
    """Put empty modules in the place of what a build imports and never uses."""
    sys.modules[UNWANTED] = None  # type: ignore[assignment]
    for module_name, name in UNUSED.items():
        module = ModuleType(module_name)
        setattr(module, name, None)
        sys.modules[module_name] = module


if __name__ == "__main__":
    leave_out()
    from collabcomm.book import extension

    extension.checks = False
    from jupyter_book.cli.main import main

    main()
