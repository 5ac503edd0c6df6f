"""The recipe "Add an item type", followed: one Python file, one JavaScript file, one table."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from folders import REPO, SMALL

PYTHON = '''"""Yes or no: is what the stem says so?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from collabcomm.engine.items.author import AuthoredItem, Render, Told
from collabcomm.engine.items.base import ItemType, Row, is_short, keys_of
from collabcomm.engine.types import ItemBase, Option, Part


class YesNo(AuthoredItem):
    """A statement that is so, or is not."""

    type: Literal["yes-no"]
    so: bool

    def compiled(self, render: Render) -> dict[str, Any]:
        return {"weights": {"yes" if self.so else "no": 1}}

    def offered(self) -> list[list[str]]:
        return [["Yes", "No"]]

    def told(self) -> list[Told]:
        return [Told("Yes" if self.so else "No")]


class YesNoItem(ItemBase):
    """A statement that is so, or is not."""

    type: Literal["yes-no"]


class YesNoType(ItemType[YesNoItem]):
    """A response is ``yes`` or ``no``."""

    authored = YesNo
    compiled = YesNoItem
    xapi = "true-false"

    def parts(self, item: YesNoItem) -> Sequence[Part]:
        return [{"id": "yes", "text": "Yes"}, {"id": "no", "text": "No"}]

    def picks(self, item: YesNoItem, response: object) -> list[str]:
        return [response] if response in ("yes", "no") else []

    def fits(self, response: object) -> bool:
        return is_short(response)

    def chance(self, item: YesNoItem) -> float:
        return 0.5

    def rows(self, item: YesNoItem, picked: Sequence[str]) -> Iterator[Row]:
        for part in self.parts(item):
            yield Row("", part["id"], part["text"], part["id"] in keys_of(item))

    def spoken(self, item: YesNoItem, response: object) -> str:
        return {"yes": "Yes", "no": "No"}.get(str(response), "")

    def interaction(self, item: YesNoItem) -> dict[str, Sequence[Part | Option]]:
        return {}

    def spelt(self, item: YesNoItem, response: object) -> str:
        return "true" if response == "yes" else "false"


TYPE = YesNoType()
'''
JAVASCRIPT = """/** Yes or no.
 * @import { YesNoItem } from "../../types.d.ts"
 * @import { ItemView } from "../item.js"
 * @import { ItemType } from "./base.js" */

import { h } from "../dom.js";
import { BASE } from "./base.js";

/** @type {ItemType<YesNoItem>} */
export const yesNo = {
  ...BASE,
  checksAtOnce: true,
  picks: (_item, response) => response === "yes" || response === "no" ? [response] : [],
  controls: (view) => h("p", ["yes", "no"].map((word) => button(view, word))),
};

/** @param {ItemView<YesNoItem>} view @param {string} word */
const button = (view, word) =>
  h("button", { type: "button", disabled: view.isDone, click: () => view.answer(word) }, word);
"""
ITEM = {
    "id": "so",
    "type": "yes-no",
    "points": 1,
    "max": 1,
    "weights": {"yes": 1},
    "stem": "<p>?</p>",
}
ROWS = [
    {"name": "yes", "item": "so", "response": "yes", "raw": 1, "max": 1, "valid": True},
    {"name": "no", "item": "so", "response": "no", "raw": 0, "max": 1, "valid": True},
    {"name": "neither", "item": "so", "response": "perhaps", "raw": 0, "max": 1, "valid": False},
]
ADDED = {
    "src/collabcomm/engine/items/yes_no.py",
    "src/collabcomm/player/parts/items/yes_no.js",
    "tests/cases/scoring.json",
}
MADE = {
    "src/collabcomm/player/parts/items/index.js",
    "src/collabcomm/player/types.d.ts",
    "src/collabcomm/schema/player.json",
    "src/collabcomm/schema/quiz.json",
    "src/collabcomm/schema/scenario.json",
}
QUIZ = """id: toy
module: first
lesson: start
title: Toy
purpose: practice
items:
- id: so
  type: yes-no
  stem: Does a door open?
  outcome: o-1
  basis: judgement
  explanation: It does.
  so: true
"""


def contents(folder: Path) -> dict[str, bytes]:
    paths = [p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A copy of the package and its tables, with the toy type added by the recipe."""
    root = tmp_path_factory.mktemp("house")
    for part in ("src/collabcomm", "tests/cases"):
        shutil.copytree(REPO / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("tests/player_test.js", "deno.json"):
        shutil.copy(REPO / file, root / file)
    shutil.copytree(REPO / "tests/lint", root / "tests/lint")
    shutil.copytree(SMALL, root / "course")
    before = contents(root)
    (root / "src/collabcomm/engine/items/yes_no.py").write_text(PYTHON, "utf-8")
    (root / "src/collabcomm/player/parts/items/yes_no.js").write_text(JAVASCRIPT, "utf-8")
    table = json.loads((root / "tests/cases/scoring.json").read_text("utf-8"))
    table["items"]["so"] = ITEM
    table["score"] += ROWS
    (root / "tests/cases/scoring.json").write_text(json.dumps(table), "utf-8")
    run(
        root,
        "-m",
        "collabcomm",
        "schema",
        "src/collabcomm/schema",
        "--player",
        "src/collabcomm/player",
    )
    after = contents(root)
    changed = {path for path, data in after.items() if before.get(path) != data}
    assert changed == ADDED | MADE
    (root / "course/quizzes/toy.yml").write_text(QUIZ, "utf-8")
    return root


def run(root: Path, *words: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(root / "src")}
    done = subprocess.run(
        [sys.executable, *words], cwd=root, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_author_can_write_it_and_check_finds_it_sound(house):
    assert "toy" not in run(house, "-m", "collabcomm", "check", "--course", "course")


def test_it_is_scored_by_the_table_and_told_in_words_and_statements(house):
    code = """
import json
from pathlib import Path
from collabcomm.course.compiler import Compiler
from collabcomm.course.loader import load
from collabcomm.engine.scoring import is_valid, score
from collabcomm.results.analysis.options import distractors
from collabcomm.results.export.texts import right
from collabcomm.results.export.xapi import interaction
table = json.load(open("tests/cases/scoring.json"))
for row in table["score"]:
    item = table["items"][row["item"]]
    found = score(item, row["response"])
    assert (found.raw, found.max) == (row["raw"], row["max"])
    assert is_valid(item, row["response"]) == row["valid"]
item = Compiler(load(Path("course")).course).quiz("toy")["items"][0]
assert (item["max"], item["weights"]) == (1, {"yes": 1})
made = interaction(item, "en")
print(right(item), made["interactionType"], made["correctResponsesPattern"])
print([(row.option, row.key, row.count) for row in distractors(item, ["yes", "no"], [1.0, 0.0])])
"""
    assert run(house, "-c", code) == (
        "Yes true-false ['true']\n[('yes', True, 1), ('no', False, 1), (None, False, 0)]\n"
    )


def test_player_has_it_typed_scored_and_joined(house):
    deno = str(Path(sys.executable).with_name("deno"))
    environment = {**os.environ, "DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1"}
    for words in (
        ["check", "src/collabcomm/player/parts/items/yes_no.js"],
        ["test", "--no-remote", "--allow-read=tests/cases", "tests/player_test.js"],
    ):
        done = subprocess.run(
            [deno, *words], cwd=house, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
    code = "from collabcomm.player.join import page_scripts; print(*page_scripts().values())"
    assert '"yes-no":yesNo' in run(house, "-c", code)
