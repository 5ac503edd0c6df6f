"""What is sent to the service, and the parts of what it answers that several addresses share."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from collabcomm.engine.attempt import Attempt
from collabcomm.engine.people import MAX_NAME, Cohort, Feedback, Names

Answer = dict[str, Any]  # a JSON object, as it is sent
ActivityKind = Literal["quiz", "scenario"]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class JoinBody(_Body):
    """A code as a person types it, and a name if they like."""

    code: str = Field(max_length=40)
    name: str | None = Field(None, max_length=MAX_NAME)


class StartBody(_Body):
    """What the attempt is at; ``version`` is that of the content on the learner's page."""

    activity: str = Field(max_length=80)
    kind: ActivityKind
    version: str | None = Field(None, max_length=16)


class ResponseBody(_Body):
    """A response with the player's id for it and its place in the attempt's order.

    ``final`` asks for the feedback at once, where the cohort shows it: the answer then stays.
    """

    id: UUID
    seq: int = Field(ge=0, le=2**31 - 1)
    response: Any = None
    at: str = Field(max_length=40, pattern=r"^[0-9A-Za-z:.+ -]*$")
    final: bool = False


class SubmitBody(_Body):
    """The steps of a scenario; nothing for a quiz."""

    steps: list[dict[str, Any]] | None = Field(None, max_length=1000)


class CohortBody(_Body):
    """A new cohort; what is left out is open, unlimited, or as the quiz says."""

    name: str = Field(max_length=MAX_NAME)
    modules: list[str] = Field(default_factory=list, max_length=50)
    opens: AwareDatetime | None = None
    closes: AwareDatetime | None = None
    pass_mark: int | None = Field(None, ge=0, le=100)
    attempts: int | None = Field(None, ge=1, le=100)
    feedback: Feedback = "after-submission"
    names: Names = "optional"


def cohort_answer(cohort: Cohort) -> Answer:
    """Return a cohort as learners' and assessors' pages need it."""
    return {
        "code": cohort.code,
        "name": cohort.name,
        "modules": list(cohort.modules),
        "opens": cohort.opens.isoformat() if cohort.opens else None,
        "closes": cohort.closes.isoformat() if cohort.closes else None,
        "pass_mark": cohort.pass_mark,
        "attempts": cohort.attempts,
        "feedback": cohort.feedback,
        "names": cohort.names,
    }


def attempt_answer(attempt: Attempt) -> Answer:
    """Return an attempt without its content."""
    return {
        "id": attempt.id,
        "activity": attempt.activity,
        "kind": attempt.kind,
        "status": "submitted" if attempt.submitted else "open",
        "started": attempt.started.isoformat(),
        "submitted": attempt.submitted.isoformat() if attempt.submitted else None,
        "version": attempt.version,
        "raw": attempt.raw,
        "max": attempt.max,
        "percent": attempt.percent,
        "passed": attempt.passed,
        "pass_mark": attempt.pass_mark,
    }
