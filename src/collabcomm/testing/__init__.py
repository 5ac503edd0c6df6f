"""For tests and trials, ours and other courses': the real service, Voila, PostgreSQL and browser.

    from collabcomm.testing import Service, find_browser

Public, like everything without an underscore here. It needs the extras of what it starts:
``book``, ``service``, ``voila``, and Playwright for a browser of Playwright's own.
"""

from collabcomm.testing.browser import find_browser
from collabcomm.testing.postgres import PostgresServer
from collabcomm.testing.servers import (
    Service,
    ServiceProcess,
    Voila,
    free_port,
    run_command,
    wait_for,
)

__all__ = [
    "PostgresServer",
    "Service",
    "ServiceProcess",
    "Voila",
    "find_browser",
    "free_port",
    "run_command",
    "wait_for",
]
