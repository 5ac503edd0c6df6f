"""Parts become one self-contained module, and what cannot be joined is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from collabcomm.player.join import (
    BESIDE,
    PARTS,
    PLAYER,
    WIDGET,
    join,
    page_scripts,
    parts_of,
    widget_script,
)


def write(folder: Path, **files: str) -> Path:
    """Write some parts and return the one named ``main``."""
    for name, text in files.items():
        (folder / f"{name}.js").write_text(text, "utf-8")
    return folder / "main.js"


def names(between: str) -> set[str]:
    return {name.strip() for name in between.split(",")}


def test_script_has_what_it_imports_before_what_imports_it(tmp_path):
    main = write(
        tmp_path,
        main='import { twice } from "./twice.js";\nexport { one } from "./one.js";\nlog(twice);\n',
        twice='import { one } from "./one.js";\n\nexport const twice = one + one;\n',
        one="export const one = 1;\n",
    )
    assert join(main).splitlines() == [
        "const one=1;",
        "const twice=one + one;",
        "export{one};",
        "log(twice);",
    ]


def test_comments_indentation_and_spaces_around_signs_are_left_out_and_nothing_else(tmp_path):
    main = write(
        tmp_path,
        main="""/**
 * What it does.
 */
export function f() {
  // A reason.
  const a = /** @type {any} */ (g("/** no comment */", "// nor this"));
  /** @type {HTMLElement | null} */ (a)?.focus();
  for (const b of [1, -1]) {
    if (a !== b) return `a , ${b} //  c`; // beside it
  }
  return a.replace(/ , \\/ /g, " = ")
    .map(({ c = "a, " }) => c ? a : { ...c, a })
    .filter(
      (d) => d,
    );
}
""",
    )
    assert join(main).splitlines() == [
        'export function f(){const a=(g("/** no comment */","// nor this"));',
        "(a)?.focus();",
        "for(const b of[1,-1]){if(a!==b)return `a , ${b} //  c`;",
        "}",
        'return a.replace(/ , \\/ /g, " = ").map(({c="a, "})=>c?a:{...c,a}).filter((d)=>d);',
        "}",
    ]


def test_what_stands_in_a_script_beside_is_imported_from_it(tmp_path):
    main = write(
        tmp_path,
        main='export { one } from "./one.js";\n',
        one="export const one = 1;\n",
        more='import { one } from "./one.js";\nimport { two } from "./two.js";\nlog(one + two);\n',
        two="export const two = 2;\n",
    )
    assert join(tmp_path / "more.js", beside=[main]).splitlines() == [
        'import{one}from"./main.js";',
        "const two=2;",
        "log(one + two);",
    ]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {"main": 'import { a as b } from "./a.js";\n', "a": "export const a = 1;\n"},
            "no renaming in an import: a as b",
        ),
        (
            {
                "main": 'import { a } from "./a.js";\nconst b = a;\n',
                "a": "export const a = 1;\nfunction b() {}\n",
            },
            "a.js and main.js both declare b",
        ),
        (
            {"main": "export const a = `one\n  two`;\n"},
            "main.js: a text in backticks must end on its own line",
        ),
    ],
)
def test_what_cannot_be_joined_is_refused(tmp_path, files, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        join(write(tmp_path, **files))


def exports(script: str) -> set[str]:
    found = re.findall(r"^export\{(.*)\};", script, re.MULTILINE)
    return {name for between in found for name in names(between)}


@pytest.mark.parametrize("script", [page_scripts()["player.js"], widget_script()])
def test_player_is_self_contained(script):
    assert re.findall(r"^import\b|import\.meta|/\*", script, re.MULTILINE) == []


def test_widget_is_what_anywidget_renders():
    assert "export default{render};" in widget_script()


@pytest.mark.parametrize("entry", BESIDE, ids=lambda path: path.name)
def test_scripts_give_those_beside_them_what_they_take(entry):
    scripts = page_scripts()
    taken = re.findall(r'^import\{(.*)\}from"\./(.*)";', scripts[entry.name], re.MULTILINE)
    assert {source for _, source in taken} == {path.name for path in BESIDE[entry]}
    for asked, source in taken:
        assert names(asked) <= exports(scripts[source])


def test_no_script_exports_a_name_twice():
    for script in (*page_scripts().values(), widget_script()):
        found = re.findall(r"^export\{(.*)\};", script, re.MULTILINE)
        each = [name for between in found for name in between.split(",")]
        assert len(each) == len(set(each))


def test_every_part_is_in_a_script():
    used = {path for entry in (PLAYER, *BESIDE, WIDGET) for path in parts_of(entry)}
    assert set(PARTS.rglob("*.js")) == used
