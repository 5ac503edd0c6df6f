"""What makes a new cohort sound, wherever it is made: on the command line or over HTTP."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from collabcomm.engine.people import clean_name, now
from collabcomm.errors import Invalid
from collabcomm.texts import did_you_mean


def new_cohort(
    known_modules: Collection[str],
    name: str,
    modules: Collection[str],
    opens: datetime | None = None,
    closes: datetime | None = None,
    **settings: Any,
) -> dict[str, Any]:
    """Return the checked fields of a new cohort, as the store's ``create_cohort`` takes them.

    Parameters
    ----------
    known_modules
        Ids of the course's modules.
    name
        What people call the cohort.
    modules
        Ids of its modules; all of the course where none is given.
    opens, closes
        When it takes work, with their zone; None is no limit.
    settings
        Further fields of ``Cohort``, kept as they are.

    Raises
    ------
    Invalid
        With the reason: no name, an unknown module, dates that cannot be.
    """
    label = clean_name(name)
    if label is None:
        raise Invalid("A cohort needs a name.")
    for module in modules:
        if module not in known_modules:
            raise Invalid(f"no module '{module}'.{did_you_mean(module, known_modules)}")
    created = now()
    if closes is not None and closes <= created:
        raise Invalid(f"{closes:%Y-%m-%d %H:%M} has passed; a cohort closes in the future.")
    if opens is not None and closes is not None and closes <= opens:
        raise Invalid("A cohort closes after it opens.")
    return {
        "name": label,
        "modules": tuple(modules) or tuple(known_modules),
        "created": created,
        "opens": opens,
        "closes": closes,
        **settings,
    }
