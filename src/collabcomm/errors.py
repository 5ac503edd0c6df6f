"""What this program refuses, as one tree. The text of a refusal says why, and what to do.

Each kind has the HTTP status that the service answers with and the exit code of a command. A class
of any package that is refused with belongs below one of these; what is not in the tree is a defect
and shows as one.
"""

from __future__ import annotations


class Refused(Exception):
    """Something that cannot be done, said in a sentence to the person who asked."""

    status = 400
    exit_code = 1


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


class Unusable(Refused):
    """Something this program needs is locked, full or out of reach. Nothing was changed."""

    status = 503
