"""Print how long the analysis of 1,000,000 responses takes: a whole quiz, and a drawn one.

Run it with ``python bench/analysis.py``. Nothing here passes or fails: machines differ.
"""

from __future__ import annotations

import time

import numpy as np

from collabcomm.results.analysis import analyse

ROUNDS = 3


def marks(learners: int, items: int, drawn: int) -> np.ndarray:
    """Marks of 0 and 1 that hang together, as real ones do; NaN where an item was not drawn."""
    draws = np.random.default_rng(1)
    skill = draws.normal(size=(learners, 1))
    ease = np.linspace(-1, 1.5, items)
    found = (skill + ease + draws.normal(size=(learners, items)) > 0).astype(float)
    if drawn < items:
        order = draws.random((learners, items)).argsort(axis=1)
        found[order >= drawn] = np.nan
    return found


def seconds(learners: int, items: int, drawn: int) -> float:
    """The best of a few rounds, intervals included."""
    table = marks(learners, items, drawn)
    names = [f"item-{n}" for n in range(items)]
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        analyse(table, np.ones(items), names, guess=[0.25] * items, pass_mark=60)
        best = min(best, time.perf_counter() - start)
    return best


def main() -> None:
    print(f"{'1,000,000 responses, seconds (best of ' + str(ROUNDS) + ')':56}{'s':>8}")
    for label, learners, items, drawn in (
        ("25,000 learners, all of 40 items", 25_000, 40, 40),
        ("83,334 learners, 12 drawn of 41 items", 83_334, 41, 12),
        ("for comparison, resampled: 500 learners, 40 items", 500, 40, 40),
    ):
        print(f"{label:56}{seconds(learners, items, drawn):8.3f}")


if __name__ == "__main__":
    main()
