"""An item as authors write it: every type, told apart by its own word."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from collabcomm.engine.items import TYPES
from collabcomm.engine.items.author import AuthoredItem

if TYPE_CHECKING:
    Item = AuthoredItem
else:
    Item = Annotated[
        reduce(or_, (item_type.authored for item_type in TYPES.values())),
        Field(discriminator="type"),
    ]
