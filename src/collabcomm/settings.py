"""The environment variables, declared once: what a command says to the processes that it starts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

DEFAULT_DATABASE = "sqlite:///collabcomm.sqlite3"
VARIABLES = {
    "course": "COLLABCOMM_COURSE",
    "database": "COLLABCOMM_DATABASE_URL",
    "site": "COLLABCOMM_SITE",
    "site_url": "COLLABCOMM_SITE_URL",
    "room_view": "COLLABCOMM_ROOM_VIEW",
    "trainer": "JUPYTERHUB_USER",
}


@dataclass(frozen=True)
class Settings:
    """What a process is told of its surroundings; a field that is None or empty is not told.

    Parameters
    ----------
    course
        The course folder.
    database
        A SQLAlchemy address of the results.
    site
        The folder of the built book.
    site_url
        The address at which people reach the service, without a slash at its end.
    room_view
        A file with what the trainer's console shows while the course is being read.
    trainer
        Whose Voila this is, on a server of many trainers; it is set by JupyterHub.
    """

    course: Path | None = None
    database: str = DEFAULT_DATABASE
    site: Path | None = None
    site_url: str = ""
    room_view: Path | None = None
    trainer: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Return what the environment tells, now."""
        told = os.environ if environment is None else environment
        values = {name: told[key] for name, key in VARIABLES.items() if told.get(key)}
        return cls(
            course=Path(values["course"]) if "course" in values else None,
            database=values.get("database", DEFAULT_DATABASE),
            site=Path(values["site"]) if "site" in values else None,
            site_url=values.get("site_url", "").rstrip("/"),
            room_view=Path(values["room_view"]) if "room_view" in values else None,
            trainer=values.get("trainer", ""),
        )

    def as_environment(self) -> dict[str, str]:
        """Return the variables that tell these settings to another process."""
        told = {VARIABLES[f.name]: getattr(self, f.name) for f in fields(self)}
        return {key: str(value) for key, value in told.items() if value}
