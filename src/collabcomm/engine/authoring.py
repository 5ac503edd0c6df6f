"""What everything that authors write is made of. The models stand in ``course/models.py``.

It lies below the course because an item type keeps its author's side beside its arithmetic: see
``docs/decisions/0008-item-types.md``.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

HTML = re.compile(r"<\s*[/!?]?\s*[a-zA-Z!?]|javascript\s*:|&#", re.IGNORECASE)
ID_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
KEY_PATTERN = r"^[a-z][a-z0-9]*$"
MAX_KEY = 60
DAY_PATTERN = r"\d{4}-\d{2}-\d{2}"


def _no_html(text: str) -> str:
    if HTML.search(text):
        raise ValueError("HTML and script are not allowed in text; write Markdown instead")
    return text


Id = Annotated[str, StringConstraints(pattern=ID_PATTERN, max_length=80)]
Key = Annotated[str, StringConstraints(pattern=KEY_PATTERN, max_length=MAX_KEY)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=8000), AfterValidator(_no_html)]


def _day(value: object) -> object:
    """Return a day as written, ``2026-11-24``, as a date."""
    if isinstance(value, date):
        return value
    try:
        if not re.fullmatch(DAY_PATTERN, str(value)):
            raise ValueError
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"'{value}' is no day; write it as 2026-11-24") from None


Day = Annotated[date, BeforeValidator(_day, json_schema_input_type=date)]
Minutes = Annotated[int, Field(ge=1, le=600)]
Level = Literal["remember", "understand", "apply", "analyse", "evaluate", "create"]


class Model(BaseModel):
    """Base of everything an author writes: no unknown keys, no silent conversion."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
