"""Types of item, a file each: the author's model, player JSON, and the arithmetic on it.

A module of this package that has a ``TYPE`` is a type: nothing else has to name it.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from collabcomm.engine.items.base import ItemType
from collabcomm.engine.types import Item


def _found() -> dict[str, ItemType[Any]]:
    names = sorted(module.name for module in iter_modules(__path__))
    modules = [import_module(f"{__name__}.{name}") for name in names]
    types: list[ItemType[Any]] = [module.TYPE for module in modules if hasattr(module, "TYPE")]
    return {item_type.name: item_type for item_type in types}


TYPES: dict[str, ItemType[Any]] = _found()


def type_of(item: Item) -> ItemType[Any]:
    """Return the type of a compiled item.

    Raises
    ------
    KeyError
        Where this version does not know the type.
    """
    return TYPES[item["type"]]
