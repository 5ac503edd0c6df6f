"""Which items an attempt gets: its id decides, the same on every machine, and again years later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collabcomm.engine.order import seeded

if TYPE_CHECKING:
    from collabcomm.course.deliver import QuizDelivery


def draw(quiz: QuizDelivery, attempt_id: str) -> list[str]:
    """Return the ids of the items that an attempt gets, in its order; its id is the seed.

    First each outcome gives ``per_outcome`` of its scored items. Then outcomes take turns, each
    giving its next item, until there are enough: so every outcome is asked as evenly as the number
    of items allows. ``check`` refuses a bank that cannot give so many.
    """
    by_id = {item["id"]: item for item in quiz["content"]["items"]}
    rule = quiz["draw"]
    if rule is None:
        return list(by_id)
    groups: dict[str, list[str]] = {}
    for item_id in seeded(list(by_id), attempt_id):
        groups.setdefault(quiz["outcomes"][item_id] or "", []).append(item_id)
    taken: list[str] = []
    for outcome, item_ids in groups.items():
        scored = [item_id for item_id in item_ids if outcome and by_id[item_id]["max"]]
        taken += scored[: rule["per_outcome"]]
    turns = seeded(list(groups), attempt_id)
    rest = {outcome: [x for x in groups[outcome] if x not in taken] for outcome in turns}
    while len(taken) < rule["items"]:
        for outcome in turns:
            if rest[outcome] and len(taken) < rule["items"]:
                taken.append(rest[outcome].pop(0))
    return seeded(taken, attempt_id)
