"""What learners do: cohorts they join, attempts they make, responses they give. Values only."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from collabcomm.scoring import Compiled, item_points, passed, play, score_quiz

CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
ROLES = ("assessor", "trainer", "admin")
MAX_TEXT = 2000
MAX_LIST = 50


@dataclass(frozen=True)
class Cohort:
    """A group of learners that an assessor looks at together. Learners join with its code."""

    code: str
    name: str
    modules: tuple[str, ...]
    created: datetime
    closes: datetime | None = None

    def is_closed(self, now: datetime) -> bool:
        """Tell whether the cohort takes no more work."""
        return self.closes is not None and now >= self.closes


@dataclass(frozen=True)
class Learner:
    """Somebody in a cohort. The name is theirs to give and is kept apart from performance."""

    id: str
    cohort: str
    name: str | None = None


@dataclass(frozen=True)
class Attempt:
    """One go at a graded quiz or one play of a scenario.

    ``items`` are the drawn items in order, ``version`` is that of the content it was started on,
    ``raw`` of ``max`` the score once it is submitted, ``passed`` None where nothing can be passed.
    ``steps`` are a scenario's.
    """

    id: str
    learner: str
    activity: str
    kind: str
    version: str
    started: datetime
    items: tuple[str, ...] = ()
    submitted: datetime | None = None
    raw: float | None = None
    max: float | None = None
    passed: bool | None = None
    steps: tuple[Mapping[str, Any], ...] = ()

    @property
    def percent(self) -> float | None:
        """The score in percent, rounded to one place; None while there is none."""
        if self.raw is None or not self.max:
            return None
        return round(100 * self.raw / self.max, 1)


@dataclass(frozen=True)
class Response:
    """What a learner gave to an item. Of several the one with the highest ``seq`` counts.

    ``id`` and ``seq`` come from the player, so that sending again is harmless; ``at`` is the
    player's clock, ``received`` the service's.
    """

    id: str
    attempt: str
    item: str
    seq: int
    response: Any
    at: str
    received: datetime


def now() -> datetime:
    """Return the time, in UTC and to the millisecond."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def new_code() -> str:
    """Return a fresh join code, for example ``KFQT-73MW``: no letters that look like digits."""
    letters = "".join(secrets.choice(CODE_ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def clean_code(text: str) -> str:
    """Return a code as typed by a person in its stored form: ``kfqt 73mw`` is ``KFQT-73MW``."""
    letters = re.sub(r"[^A-Z0-9]", "", text.upper())
    return f"{letters[:4]}-{letters[4:]}"


def clean_name(text: str | None) -> str | None:
    """Return a name without control characters and spare spaces, None where nothing is left."""
    kept = " ".join("".join(ch if ch.isprintable() else " " for ch in text or "").split())
    return kept[:80] or None


def new_secret() -> str:
    """Return a fresh secret for a cookie or a token: 32 random bytes."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    """Return what the store keeps of a secret. It is random, so a plain hash cannot be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def fits(item: Compiled, response: Any) -> bool:
    """Tell whether a response has the shape that its item's type takes; None clears it."""
    kind = item["type"]
    if response is None:
        return True
    if kind in ("multiple-response", "sequencing"):
        return (
            isinstance(response, list)
            and len(response) <= MAX_LIST
            and all(map(_is_short, response))
        )
    if kind == "matching":
        return (
            isinstance(response, dict)
            and len(response) <= MAX_LIST
            and all(_is_short(k) and _is_short(v) for k, v in response.items())
        )
    return _is_short(response)


def _is_short(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= MAX_TEXT


def latest(responses: Sequence[Response]) -> dict[str, Any]:
    """Return the response that counts for each item: highest ``seq``, then last received."""
    counted = sorted(responses, key=lambda r: (r.seq, r.received, r.id))
    return {r.item: r.response for r in counted}


def quiz_result(quiz: Compiled, responses: Mapping[str, Any]) -> dict[str, Any]:
    """Return the official result of a quiz: its score, and each item with its key and feedback.

    The items of a questionnaire are left out: it comes again after the course, so its key is not
    told.
    """
    whole = score_quiz(quiz, responses)
    items = []
    for item in quiz["items"] if quiz["purpose"] == "graded" else ():
        response = responses.get(item["id"])
        points = item_points(item, response)
        items.append(
            {**item, "response": response, "score": {"raw": points.raw, "max": points.max}}
        )
    return {
        "raw": whole.raw,
        "max": whole.max,
        "percent": round(whole.percent, 1),
        "passed": passed(whole, quiz["pass_mark"]) if quiz["pass_mark"] is not None else None,
        "pass_mark": quiz["pass_mark"],
        "scored_by": "service",
        "items": items,
    }


def scenario_result(scenario: Compiled, steps: Sequence[Compiled]) -> dict[str, Any] | None:
    """Return the official result of a scenario, None where the steps do not reach an ending."""
    path = play(scenario, steps)
    if path.ending is None or path.used != len(steps):
        return None
    return {
        "raw": path.raw,
        "max": path.max,
        "percent": round(100 * path.raw / path.max, 1) if path.max else 0.0,
        "passed": None,
        "pass_mark": None,
        "scored_by": "service",
        "ending": path.ending,
        "items": [],
    }
