"""Who takes part: cohorts, learners, their codes, names and secrets. Values only."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

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
WINDOW = timedelta(minutes=10)  # in which things that must not happen often are counted
MAX_NAME = 80  # letters of a name, of a person or a cohort
MAX_CODE = 12  # letters of what is typed that are looked at


@dataclass(frozen=True)
class Code:
    """A kind of code that people read aloud and type: two halves of ``half`` letters each."""

    alphabet: str
    half: int

    def new(self) -> str:
        """Return a fresh code, for example ``KFQT-73MW``."""
        return self._joined("".join(secrets.choice(self.alphabet) for _ in range(2 * self.half)))

    def clean(self, text: str) -> str:
        """Return a code as typed by a person in its stored form: ``kfqt 73mw`` is ``KFQT-73MW``."""
        return self._joined(re.sub(r"[^A-Z0-9]", "", text.upper())[:MAX_CODE])

    def _joined(self, letters: str) -> str:
        return f"{letters[: self.half]}-{letters[self.half :]}"


JOIN_CODE = Code("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", 4)  # no letters that look like digits


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


def now() -> datetime:
    """Return the time, in UTC and to the millisecond."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def clean_name(text: str | None) -> str | None:
    """Return a name without control characters and spare spaces, None where nothing is left."""
    kept = " ".join("".join(ch if ch.isprintable() else " " for ch in text or "").split())
    return kept[:MAX_NAME] or None


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
