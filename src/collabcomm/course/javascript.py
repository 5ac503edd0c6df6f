"""What the player has from Python: the contract's types, and the table of its item types.

The types are made from the source of ``engine/types.py``, ``engine/room.py`` and the item types. An
alias stays an alias and a class an interface of the same name, so that both languages read alike.
Only what the contract needs is translated; anything else in it is an error.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from textwrap import wrap
from types import ModuleType

from collabcomm.engine import room, types
from collabcomm.engine.items import TYPES

TYPES_FILE = "types.d.ts"
TABLE_FILE = "parts/items/index.js"
HEAD = "// Made from collabcomm.engine by `collabcomm schema`; change it there.\n"
_TABLE = """/**
 * The types of items by the name that player JSON has for them. Made from engine/items/ by
 * `collabcomm schema`: a file there and one here, and a new type has its line.
 *
 * @import {{ Item }} from "../../types.d.ts"
 * @import {{ ItemType }} from "./base.js"
 */

{imports}
/** @type {{Record<Item["type"], ItemType<any>>}} */
export const ITEMS = {{
{rows}}};

/** @param {{Item}} item @returns {{ItemType<any>}} */
export const typeOf = (item) => ITEMS[item.type];
"""
_WIDTH = 100
_NAMES = {"str": "string", "int": "number", "float": "number", "bool": "boolean"}


def files() -> dict[str, str]:
    """Return the text of every file by its path in ``player/``."""
    return {TYPES_FILE: declarations(), TABLE_FILE: item_table()}


def item_table() -> str:
    """Return the table of item types: each has a file of the same name in both languages."""
    imports, rows = [], []
    for name, item_type in TYPES.items():
        first, *rest = name.split("-")
        exported = first + "".join(map(str.capitalize, rest))
        file = type(item_type).__module__.rpartition(".")[2]
        imports.append(f'import {{ {exported} }} from "./{file}.js";\n')
        rows.append(f'  "{name}": {exported},\n')
    return _TABLE.format(imports="".join(imports), rows="".join(rows))


def declarations() -> str:
    """Return the types of the contract."""
    texts = [text for module in (types, room) for node in _body(module) for text in _declared(node)]
    compiled = [item_type.compiled for item_type in TYPES.values()]
    for kind in compiled:
        texts += _declared(ast.parse(inspect.getsource(kind)).body[0])
    texts.append(
        "export type Item =" + "".join(f"\n  | {kind.__name__}" for kind in compiled) + ";"
    )
    return HEAD + "".join(f"\n{text}\n" for text in texts)


def _body(module: ModuleType) -> list[ast.stmt]:
    tree = ast.parse(inspect.getsource(module))
    return [node for node in tree.body if getattr(node, "name", None) != types.Item.__name__]


def _declared(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.ClassDef):
        fields = [part for part in node.body if isinstance(part, ast.AnnAssign)]
        bases = [ast.unparse(base) for base in node.bases if ast.unparse(base) != "TypedDict"]
        head = f"export interface {node.name}" + (f" extends {', '.join(bases)}" if bases else "")
        about = _comment(inspect.cleandoc(ast.get_docstring(node) or ""))
        yield f"{about}{head} {{\n{''.join(map(_field, fields))}}}"
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        name = node.targets[0].id
        if name.isupper():  # a constant is no type
            return
        if isinstance(node.value, ast.Call):  # a TypedDict with a key that is no Python name
            keys = node.value.args[1]
            assert isinstance(keys, ast.Dict)
            pairs = zip(keys.keys, keys.values, strict=True)
            parts = (f"  {ast.literal_eval(k)}: {_type(v)};\n" for k, v in pairs if k)
            yield f"export interface {name} {{\n{''.join(parts)}}}"
        else:
            yield _alias(name, node.value)


def _alias(name: str, value: ast.expr) -> str:
    text = f"export type {name} = {_type(value)};"
    if len(text) <= _WIDTH:
        return text
    return f"export type {name} =" + "".join(f"\n  | {part}" for part in _members(value)) + ";"


def _field(field: ast.AnnAssign) -> str:
    kind = field.annotation
    optional = isinstance(kind, ast.Subscript) and ast.unparse(kind.value) == "NotRequired"
    inner = kind.slice if optional and isinstance(kind, ast.Subscript) else kind
    return f"  {ast.unparse(field.target)}{'?' if optional else ''}: {_type(inner)};\n"


def _members(node: ast.expr) -> list[str]:
    """Return the parts of a union."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return [*_members(node.left), *_members(node.right)]
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal":
        values = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return [ast.unparse(value).replace("'", '"') for value in values]
    return [_type(node)]


def _type(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and node.value is None:
        return "null"
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Name):
        return _NAMES.get(node.id, node.id)
    if isinstance(node, ast.Subscript):
        head = ast.unparse(node.value)
        if head == "list":
            inner = _type(node.slice)
            return f"({inner})[]" if " | " in inner else f"{inner}[]"
        if head == "dict" and isinstance(node.slice, ast.Tuple):
            return f"Record<string, {_type(node.slice.elts[1])}>"
        if head == "Literal":
            return " | ".join(_members(node))
    if isinstance(node, ast.BinOp):
        return " | ".join(_members(node))
    raise ValueError(f"no JavaScript type for {ast.unparse(node)}")


def _comment(about: str) -> str:
    plain = about.replace("``", "`")
    if "\n" not in plain and len(plain) <= _WIDTH - 7:
        return f"/** {plain} */\n"
    lines = [
        part
        for line in plain.splitlines()
        for part in (wrap(line, _WIDTH - 3, break_long_words=False) or [""])
    ]
    return "/**\n" + "".join(f" * {line}".rstrip() + "\n" for line in lines) + " */\n"
