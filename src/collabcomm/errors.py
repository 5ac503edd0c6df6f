"""What this program refuses, as one tree. The text of a refusal says why, and what to do.

Each kind has the HTTP status that the service answers with and the exit code of a command. A class
of any package that is refused with belongs below one of these; what is not in the tree is a defect
and shows as one.
"""

from __future__ import annotations


class Refused(Exception):
    """Something that cannot be done, said in a sentence to the person who asked.

    ``retry_after`` is in how many seconds asking again may help, None where it will not.
    """

    status = 400
    exit_code = 1
    retry_after: int | None = None


class Unknown(Refused):
    """It is not known who asks."""

    status = 401


class Forbidden(Refused):
    """Not for who asks, or not yet."""

    status = 403


class NotFound(Refused):
    """There is no such thing, or it is somebody else's."""

    status = 404


class Conflict(Refused):
    """It is there already, and differs; or its time has passed."""

    status = 409


class Closed(Refused):
    """It takes no more work."""

    status = 410


class Invalid(Refused):
    """It does not have the shape that is asked for."""

    status = 422


class TooOften(Refused):
    """It was asked so often that it looks like guessing, or like a flood."""

    status = 429

    def __init__(self, reason: str, retry_after: int) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Unusable(Refused):
    """Something this program needs is locked, full or out of reach. Nothing was changed."""

    status = 503
    retry_after = 5
