"""Results as one JSON document: the cohort, its attempts with all of theirs, the conflicts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from collabcomm.engine.people import Cohort
from collabcomm.results.export import Options
from collabcomm.results.export.rows import all_work, moment, named, rows_of, table
from collabcomm.store import Store

FORMAT = 1


def export(store: Store, cohort: Cohort, shape: str, options: Options) -> Iterator[bytes]:
    """Yield ``{"format", "cohort", "attempts": […], "conflicts": […]}``, attempt by attempt."""
    head = {
        "code": cohort.code,
        "name": cohort.name,
        "modules": cohort.modules,
        "created": moment(cohort.created),
        "opens": moment(cohort.opens),
        "closes": moment(cohort.closes),
        "pass_mark": cohort.pass_mark,
        "attempts": cohort.attempts,
        "feedback": cohort.feedback,
        "names": cohort.names,
    }
    yield f'{{"format": {FORMAT},\n"cohort": {_text(head)},\n"attempts": [\n'.encode()
    comma = ""
    for work in all_work(store, cohort, options):
        attempt = named("attempts", next(rows_of("attempts", work)))
        for part in ("responses", "choices"):
            attempt[part] = [named(part, row) for row in rows_of(part, work)]
        yield f"{comma}{_text(attempt)}".encode()
        comma = ",\n"
    yield b'\n],\n"conflicts": [\n'
    comma = ""
    for row in table(store, cohort, "conflicts", options):
        yield f"{comma}{_text(named('conflicts', row))}".encode()
        comma = ",\n"
    yield b"\n]}\n"


def _text(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False)
