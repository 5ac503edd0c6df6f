"""Orders that only a seed decides: the same on every machine, and again years later."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def seeded(ids: Sequence[str], seed: str) -> list[str]:
    """Return ids in an order that only the seed decides."""
    return sorted(ids, key=lambda each: hashlib.sha256(f"{seed}:{each}".encode()).digest())


def shuffled(ids: Sequence[str], seed: str) -> list[str]:
    """Return ids in a seeded order that differs from the one given, as far as it can."""
    order = seeded(ids, seed)
    return order if order != list(ids) else [*order[1:], *order[:1]]
