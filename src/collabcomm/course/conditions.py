"""Conditions as authors write them: ``trust >= 3 and not visited door-closes``."""

from __future__ import annotations

import re
from typing import cast

from collabcomm.engine.types import Comparison, Test

_WHEN = re.compile(
    r"^(?:(?P<no>not\s+)?visited\s+(?P<node>[a-z][a-z0-9-]*)"
    r"|(?P<meter>[a-z][a-z0-9-]*)\s*(?P<op>>=|<=|==|!=|>|<)\s*(?P<value>-?\d+))$"
)


def parse_when(text: str) -> list[Test]:
    """Return a condition as data: ``[{"meter", "op", "value"} | {"visited", "is"}]``.

    Raises
    ------
    ValueError
        Where the text is no condition.
    """
    tests: list[Test] = []
    for part in re.split(r"\s+and\s+", text.strip()):
        match = _WHEN.match(part.strip())
        if not match:
            raise ValueError(
                f"'{part.strip()}' is no condition; write 'trust >= 3' or 'not visited some-node', "
                "several joined by 'and'"
            )
        if match["node"]:
            tests.append({"visited": match["node"], "is": not match["no"]})
        else:
            comparison = {"meter": match["meter"], "op": match["op"], "value": int(match["value"])}
            tests.append(cast(Comparison, comparison))
    return tests
