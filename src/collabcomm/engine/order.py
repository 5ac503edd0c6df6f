"""Orders that only a seed decides: the same on every machine, and again years later."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from collabcomm.engine.types import Choice, Decision


def seeded(ids: Sequence[str], seed: str) -> list[str]:
    """Return ids in an order that only the seed decides."""
    return sorted(ids, key=lambda each: hashlib.sha256(f"{seed}:{each}".encode()).digest())


def shuffled(ids: Sequence[str], seed: str) -> list[str]:
    """Return ids in a seeded order that differs from the one given, as far as it can."""
    order = seeded(ids, seed)
    return order if order != list(ids) else [*order[1:], *order[:1]]


def mixed(ids: Sequence[str], seed: str) -> list[str]:
    """Return ids in a seeded order that a browser finds as well: see ``player/parts/order.js``.

    Browsers hash by SHA-256 only while one waits, and not on every page. This one is FNV-1a over
    UTF-16, finished by the mixer of MurmurHash3 (Appleby 2011), both of 32 bits.
    """
    return sorted(ids, key=lambda each: (_hash(f"{each}:{seed}"), each))


def _hash(text: str) -> int:
    data = text.encode("utf-16-le")
    h = 0x811C9DC5
    for low, high in zip(data[::2], data[1::2], strict=True):
        h = ((h ^ (low | high << 8)) * 0x01000193) & 0xFFFFFFFF
    h = ((h ^ h >> 16) * 0x85EBCA6B) & 0xFFFFFFFF
    h = ((h ^ h >> 13) * 0xC2B2AE35) & 0xFFFFFFFF
    return h ^ h >> 16


def choices_in_order(node_id: str, node: Decision, seed: str | None) -> list[Choice]:
    """Return the choices of a decision as a play of this seed shows them.

    Without a seed, and where the author pinned them, they keep the order in which they are written.
    """
    if seed is None or node.get("pinned"):
        return node["choices"]
    by_id = {choice["id"]: choice for choice in node["choices"]}
    return [by_id[choice_id] for choice_id in mixed(list(by_id), f"{node_id}:{seed}")]
