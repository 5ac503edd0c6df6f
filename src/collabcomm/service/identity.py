"""Who asks: a learner by cookie, a holder of a token by role; and who asked too often."""

# No `from __future__ import annotations` here: FastAPI reads the annotations of what is wrapped.

from typing import Annotated, cast

from fastapi import Depends, Request

from collabcomm.engine.people import ASSESSING, Cohort, Learner
from collabcomm.errors import Forbidden, Unknown
from collabcomm.http import brief, visitor
from collabcomm.store import Store
from collabcomm.store.limits import WRONG_TOKENS, Limit, Limits

COOKIE = "collabcomm"


def store_of(request: Request) -> Store:
    """Return the store of the service that is asked."""
    return cast(Store, request.app.state.store)


def learner_of(request: Request) -> Learner | None:
    """Return the learner whose browser asks, None where nobody has joined."""
    secret = request.cookies.get(COOKIE)
    return store_of(request).learners.of_session(secret) if secret else None


def joined(request: Request) -> Learner:
    """Return the learner whose browser asks; raise Unknown where nobody has joined."""
    learner = learner_of(request)
    if learner is None:
        raise Unknown("Join a cohort first.")
    return learner


def membership(request: Request) -> tuple[Learner, Cohort]:
    """Return the learner whose browser asks, and their cohort, in one look; raise Unknown."""
    secret = request.cookies.get(COOKIE)
    found = store_of(request).learners.member(secret) if secret else None
    if found is None:
        raise Unknown("Join a cohort first.")
    return found


def role(request: Request) -> str:
    """Return the role of the token that is sent; raise Unknown where there is none that holds."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise Unknown("Send a token: 'Authorization: Bearer ...'.")
    found = store_of(request).access.role_of(token.strip())
    if found is None:
        count_or_refuse(request, WRONG_TOKENS)
        raise Unknown("This token is not known here.")
    return found


def assessor(request: Request) -> str:
    """Return the role where it may read results; raise Forbidden where it may not."""
    found = role(request)
    if found not in ASSESSING:
        raise Forbidden(f"A {found}'s token may not read results.")
    return found


def count_or_refuse(request: Request, limit: Limit) -> None:
    """Count what the address that asks did; raise TooOften where it did so too often before."""
    cast(Limits, request.app.state.limits).count_or_refuse(limit, visitor(request))


Member = Annotated[tuple[Learner, Cohort], Depends(brief(membership))]
Role = Annotated[str, Depends(role)]
