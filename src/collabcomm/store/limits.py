"""How often something may happen: wrong codes, wrong tokens, devices. One rule for all who ask.

A code or token is looked up first and counted only where it is wrong. A training room is one
address, so a right one works however often others mistyped theirs. A right guess beyond the limit
would work too; what keeps guessers out is how many there are: 10^12 join codes, tokens beyond all
guessing, and 5 * 10^8 room codes, where days of a thousand guesses a second find one, which shows
what hangs on the wall and takes a vote.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from collabcomm.engine.people import WINDOW, new_secret, now
from collabcomm.errors import TooOften

if TYPE_CHECKING:
    from collabcomm.store import Store

log = logging.getLogger("collabcomm.limits")


@dataclass(frozen=True)
class Limit:
    """How often ``what`` may happen within ``WINDOW``, and what is said beyond that."""

    what: str
    most: int
    refusal: str


# A room of learners shares an address, but hardly ever mistypes as often as this; codes are eight
# letters of 32, tokens 32 random bytes. A whole room may come in behind one address.
WRONG_CODES = Limit("code", 30, "Too many wrong codes came from here.")
WRONG_TOKENS = Limit("token", 10, "Too many wrong tokens came from here.")
NEW_DEVICES = Limit("device", 1500, "Too many devices came in from here.")


class Limits:
    """Counts, in the store, what must not happen often.

    Addresses are neither stored nor logged: the key is a salted hash that is forgotten after the
    window.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.salt = store.access.setting("salt", new_secret)

    def is_reached(self, limit: Limit, who: str) -> bool:
        """Tell whether somebody has done it so often that they are to be refused."""
        return self.store.access.events(self._key(limit, who), now()) >= limit.most

    def count(self, limit: Limit, who: str) -> None:
        """Count that somebody did it; hosts hear of floods: reaching the limit is logged."""
        if self.store.access.add_event(self._key(limit, who), now()) == limit.most:
            log.warning(
                "One address reached the limit of %d in %d s: %s",
                *(limit.most, WINDOW.total_seconds(), limit.what),
            )

    def count_or_refuse(self, limit: Limit, who: str) -> None:
        """Count that somebody did it; raise TooOften where the limit was reached before."""
        if self.is_reached(limit, who):
            seconds = int(WINDOW.total_seconds())
            reason = f"{limit.refusal} Wait {seconds // 60} minutes, then try again."
            raise TooOften(reason, seconds)
        self.count(limit, who)

    def _key(self, limit: Limit, who: str) -> str:
        return hashlib.sha256(f"{self.salt}:{limit.what}:{who}".encode()).hexdigest()
