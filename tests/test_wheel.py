"""The wheel as somebody has it who installed it without any extra and without the repository."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile

import pytest

from folders import REPO

# Runs a command with what the wheel itself requires and nothing else, as pip would set it up.
ALONE = """
import re, sys
from importlib.machinery import BuiltinImporter, FrozenImporter, PathFinder
from importlib.metadata import distribution, packages_distributions

def required(name, seen):
    if name not in seen:
        seen.add(name)
        for line in distribution(name).requires or ():
            if "extra ==" not in line:
                try:
                    required(re.match(r"[\\w.-]+", line)[0].lower().replace("_", "-"), seen)
                except ModuleNotFoundError:  # for another Python or another system
                    pass
    return seen

allowed = required("collabcomm", set())
others = {
    module for module, names in packages_distributions().items()
    if not allowed & {name.lower().replace("_", "-") for name in names}
}

class Alone(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in others else super().find_spec(name, path, target)

sys.meta_path = [BuiltinImporter, FrozenImporter, Alone]
from collabcomm.cli.main import main
assert sys.modules["collabcomm"].__file__.startswith(sys.argv.pop(1))
main(prog_name="collabcomm")
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """What pip puts into site-packages."""
    folder = tmp_path_factory.mktemp("wheel")
    build = (sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    subprocess.run(build, cwd=REPO, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site-packages")
    return folder / "site-packages"


def run(installed, folder, *words):
    command = [sys.executable, "-W", "ignore", "-c", ALONE, str(installed), *map(str, words)]
    env = {**os.environ, "PYTHONPATH": str(installed)}
    env.pop("COLLABCOMM_COURSE", None)
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_a_wheel_alone_checks_the_course_that_it_carries(installed, tmp_path):
    done = run(installed, tmp_path, "check", "--course", installed / "collabcomm/content")
    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip().endswith("No problems.")


def test_a_wheel_without_its_extras_names_the_line_that_gets_them(installed, tmp_path):
    done = run(installed, tmp_path, "cohort", "list", "--database", f"sqlite:///{tmp_path}/r.db")
    assert done.returncode == 1
    assert "pip install 'collabcomm[service]'" in done.stderr


def files(folder):
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {str(path) for path in found if "__pycache__" not in path.parts}


def test_a_wheel_carries_all_files_of_the_package(installed):
    assert files(REPO / "src/collabcomm") <= files(installed / "collabcomm")
