"""Column types: times that know their zone, and values that are kept as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa


class Utc(sa.TypeDecorator[datetime]):
    """A time with its zone, kept as UTC without one, as both databases do."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Take a time of any zone; one without a zone is the machine's own."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Give the time in UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


class JsonText(sa.TypeDecorator[Any]):
    """A value kept as JSON text. None is a value too, and kept as ``null``.

    Parameters
    ----------
    ascii_only
        Whether letters beyond ASCII are written as escapes.
    sort_keys
        Whether the same value is always the same text, so that texts can be compared.
    as_tuple
        Whether an array comes back as a tuple.
    """

    impl = sa.Text
    cache_ok = True

    def __init__(
        self, ascii_only: bool = False, sort_keys: bool = False, as_tuple: bool = False
    ) -> None:
        super().__init__()
        self.ascii_only, self.sort_keys, self.as_tuple = ascii_only, sort_keys, as_tuple

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[Any], str]:
        """Write values; the encoder is made once a statement, not once a value."""
        return json.JSONEncoder(ensure_ascii=self.ascii_only, sort_keys=self.sort_keys).encode

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], Any]:
        """Read values; of a row that an outer join did not find, None."""
        make: Callable[[Any], Any] = tuple if self.as_tuple else lambda value: value
        return lambda text: None if text is None else make(json.loads(text))


def stored(table: sa.Table) -> sa.TableClause:
    """Return a table as the database holds it: times without a zone, JSON as text."""
    return sa.table(table.name, *(sa.column(c.name, _stored_type(c.type)) for c in table.c))


def _stored_type(kind: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
    return kind.impl_instance if isinstance(kind, sa.TypeDecorator) else kind
