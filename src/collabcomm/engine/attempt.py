"""What learners do: cohorts they join, attempts they make, responses they give. Values only."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args

from collabcomm.engine.scoring import Compiled, item_points, passed, play, score_quiz

CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
Role = Literal["assessor", "trainer", "admin"]  # of the holder of a token
Feedback = Literal["at-once", "after-submission", "after-closing"]
Names = Literal["optional", "required", "pseudonyms"]
ROLES: tuple[Role, ...] = get_args(Role)
FEEDBACK: tuple[Feedback, ...] = get_args(Feedback)
NAMES: tuple[Names, ...] = get_args(Names)
ASSESSING: tuple[Role, ...] = ("assessor", "admin")  # may read results and make cohorts
BIRDS = (
    "Avocet",
    "Bittern",
    "Curlew",
    "Dipper",
    "Dunlin",
    "Fieldfare",
    "Godwit",
    "Goldcrest",
    "Grebe",
    "Heron",
    "Kestrel",
    "Kingfisher",
    "Lapwing",
    "Linnet",
    "Merlin",
    "Nuthatch",
    "Osprey",
    "Petrel",
    "Pipit",
    "Plover",
    "Puffin",
    "Redstart",
    "Robin",
    "Sandpiper",
    "Siskin",
    "Skylark",
    "Swallow",
    "Swift",
    "Teal",
    "Warbler",
    "Whimbrel",
    "Wren",
)
MAX_TEXT = 2000
WINDOW = timedelta(minutes=10)  # in which things that must not happen often are counted
MAX_LIST = 50


@dataclass(frozen=True)
class Cohort:
    """A group of learners that an assessor looks at together. Learners join with its code.

    ``pass_mark`` (percent) and ``attempts`` take the place of a graded quiz's own where they are
    given. ``feedback`` says when learners see key and feedback, ``names`` whether a learner's name
    is asked for or a pseudonym made. After ``erases`` the learners and their work are erased.
    """

    code: str
    name: str
    modules: tuple[str, ...]
    created: datetime
    opens: datetime | None = None
    closes: datetime | None = None
    pass_mark: int | None = None
    attempts: int | None = None
    feedback: Feedback = "after-submission"
    names: Names = "optional"
    erases: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Tell whether the cohort has begun; a closed one has."""
        return self.opens is None or now >= self.opens

    def is_closed(self, now: datetime) -> bool:
        """Tell whether the cohort takes no more work."""
        return self.closes is not None and now >= self.closes


@dataclass(frozen=True)
class Learner:
    """Somebody in a cohort. The name, or pseudonym, is kept apart from performance."""

    id: str
    cohort: str
    name: str | None = None


@dataclass(frozen=True)
class Attempt:
    """One go at a graded quiz or one play of a scenario.

    ``items`` are the drawn items in order, ``version`` is that of the content it was started on,
    ``raw`` of ``max`` the score once it is submitted, ``passed`` None where nothing can be passed.
    ``steps`` are a scenario's. ``scored_by`` is ``service`` for work that the service took itself,
    ``import`` for what came in a learner's own record and was scored again here.
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
    pass_mark: float | None = None
    scored_by: str = "service"
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
    player's clock, which may be wrong and decides nothing, ``received`` the service's. A ``final``
    response has been checked: its feedback was shown, so nothing may follow it.
    """

    id: str
    attempt: str
    item: str
    seq: int
    response: Any
    at: str
    received: datetime
    final: bool = False


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


def new_pseudonym() -> str:
    """Return a fresh pseudonym, for example ``Heron 4127``."""
    return f"{secrets.choice(BIRDS)} {secrets.randbelow(9000) + 1000}"


def new_learner_id() -> str:
    """Return a fresh id for a learner: 22 random hex digits, which no spreadsheet misreads."""
    return secrets.token_hex(11)


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
    """Tell whether a value is a text that every database and file can hold."""
    if not isinstance(value, str) or len(value) > MAX_TEXT or "\0" in value:
        return False
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def clean_steps(scenario: Compiled, steps: Sequence[Any]) -> list[dict[str, Any]] | None:
    """Return steps with nothing in them but what they mean, None where one has another shape."""
    kept = []
    for step in steps:
        name = step.get("node") if isinstance(step, Mapping) else None
        node = scenario["nodes"].get(name) if isinstance(name, str) else None
        if node is None or not isinstance(step.get("choice", ""), str):
            return None
        if "response" in step and (
            node["kind"] != "item" or not fits(node["item"], step["response"])
        ):
            return None
        kept.append({key: step[key] for key in ("node", "choice", "response") if key in step})
    return kept


def latest(responses: Sequence[Response]) -> dict[str, Any]:
    """Return the response that counts for each item: a final one, else the one of highest ``seq``,
    else the last received.
    """
    counted = sorted(responses, key=lambda r: (r.final, r.seq, r.received, r.id))
    return {r.item: r.response for r in counted}


@dataclass(frozen=True)
class Told:
    """What a learner may be told of an attempt: its score, and key and feedback of its items.

    While an attempt is open ``key`` holds for items whose answer is final, after it for all.
    """

    score: bool
    key: bool


def told(content: Compiled, cohort: Cohort, submitted: bool, now: datetime) -> Told:
    """Return what a learner may be told of an attempt at a quiz or scenario.

    A questionnaire comes again after the course, so nothing of it is told; the page of a scenario
    holds all of it anyway. No answer to a learner holds a key or a score but by this function.
    """
    if content["kind"] == "scenario":
        return Told(score=submitted, key=submitted)
    if content["purpose"] == "questionnaire":
        return Told(score=False, key=False)
    if not submitted:
        return Told(score=False, key=cohort.feedback == "at-once")
    return Told(score=True, key=cohort.feedback != "after-closing" or cohort.is_closed(now))


def item_result(item: Compiled, response: Any) -> dict[str, Any]:
    """Return an item with its key and feedback, the response to it, and the marks."""
    points = item_points(item, response)
    return {**item, "response": response, "score": {"raw": points.raw, "max": points.max}}


def quiz_result(
    quiz: Compiled, responses: Mapping[str, Any], pass_mark: float | None
) -> dict[str, Any]:
    """Return the official result of a quiz: its score, and each item with its key and feedback.

    It is the assessor's; what of it a learner may see, ``told`` says.
    """
    whole = score_quiz(quiz, responses)
    return {
        "raw": whole.raw,
        "max": whole.max,
        "percent": round(whole.percent, 1),
        "passed": passed(whole, pass_mark) if pass_mark is not None else None,
        "pass_mark": pass_mark,
        "scored_by": "service",
        "items": [item_result(item, responses.get(item["id"])) for item in quiz["items"]],
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
