"""A little work in a store, for tests."""

from __future__ import annotations

from uuid import uuid4

from collabcomm.engine.attempt import Attempt, Response
from collabcomm.engine.people import now
from collabcomm.store import Store


def begun(store: Store) -> tuple[str, Attempt]:
    """A cohort with one learner, who has begun a quiz: their secret and the attempt."""
    cohort = store.cohorts.create("Spring", ("first",), now())
    learner, _, secret = store.learners.join(cohort.code, "Mair", now())
    attempt = Attempt(str(uuid4()), learner.id, "graded", "quiz", "0" * 16, now(), ("a", "b"))
    return secret, store.attempts.start(attempt, None)[0]


def answer(attempt: Attempt, given: object, seq: int = 0, final: bool = False) -> Response:
    return Response(str(uuid4()), attempt.id, "a", seq, given, "2026-11-23", now(), final)
