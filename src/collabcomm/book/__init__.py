"""The learner's pages, as a Sphinx extension."""

from typing import Any


def setup(app: Any) -> dict[str, Any]:
    """Register the course's directives, roles and theme with Sphinx."""
    from collabcomm.book.extension import setup as register

    return register(app)
