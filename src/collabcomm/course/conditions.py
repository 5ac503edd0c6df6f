"""Conditions as authors write them: ``trust >= 3 and chose door.wait or not visited mend``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import cast

from collabcomm.engine.types import Comparison, Simple, Test, is_either

_ID = r"[a-z][a-z0-9-]*"
_TEST = re.compile(
    rf"^(?:(?P<no>not\s+)?(?:visited\s+(?P<node>{_ID})"
    rf"|(?:chose|answered)\s+(?P<pick>{_ID}\.[a-z0-9][a-z0-9-]*)|correct\s+(?P<right>{_ID}))"
    rf"|(?P<meter>{_ID})\s*(?P<op>>=|<=|==|!=|>|<)\s*(?P<value>-?\d+))$"
)
_BARE = re.compile(rf"^(not\s+)?({_ID}(?:\.[a-z0-9][a-z0-9-]*)?)$")


def parse_when(text: str) -> list[Test]:
    """Return a condition as data, ``and`` before ``or``: see the tests of ``engine/types.py``.

    Raises
    ------
    ValueError
        Where the text is no condition.
    """
    return _parsed(text, _test)


def parse_assertion(text: str) -> list[Test]:
    """Return what a text asserts: a condition, where ``NODE`` and ``NODE.CHOICE`` may stand bare.

    Raises
    ------
    ValueError
        Where the text is neither.
    """
    return _parsed(text, lambda part: _test(_spelt_out(part)))


def _parsed(text: str, read: Callable[[str], Simple]) -> list[Test]:
    either = [
        [read(part.strip()) for part in re.split(r"\s+and\s+", way.strip())]
        for way in re.split(r"\s+or\s+", text.strip())
    ]
    return [*either[0]] if len(either) == 1 else [{"either": either}]


def _spelt_out(part: str) -> str:
    bare = _BARE.match(part)
    if not bare:
        return part
    return f"{bare[1] or ''}{'chose' if '.' in bare[2] else 'visited'} {bare[2]}"


def simple_tests(tests: list[Test]) -> list[Simple]:
    """Return every test of a condition, those of its alternatives included."""
    found: list[Simple] = []
    for test in tests:
        if is_either(test):
            found += [each for way in test["either"] for each in way]
        else:
            found.append(test)
    return found


def _test(part: str) -> Simple:
    match = _TEST.match(part)
    if not match:
        raise ValueError(
            f"'{part}' is no condition; write 'trust >= 3', 'not visited some-node' or "
            "'chose some-node.some-choice', several joined by 'and' or 'or'"
        )
    expected = not match["no"]
    if match["node"]:
        return {"visited": match["node"], "is": expected}
    if match["pick"]:
        return {"picked": match["pick"], "is": expected}
    if match["right"]:
        return {"right": match["right"], "is": expected}
    comparison = {"meter": match["meter"], "op": match["op"], "value": int(match["value"])}
    return cast(Comparison, comparison)
