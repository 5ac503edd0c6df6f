"""Starts the service's processes, and knows what ports and addresses this machine has for them."""

from __future__ import annotations

import logging
import signal
import socket
import sys
from typing import TYPE_CHECKING, Any

from collabcomm.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

# A thread that comes back from a database server waits for whichever runs Python then. With short
# turns that wait is short, unlike with the usual 5 ms.
SWITCH_SECONDS = 0.0005


def run(host: str, port: int, workers: int, proxy: str, log_requests: bool) -> None:
    """Answer until Ctrl+C, as the environment says; SIGTERM ends this as an exit.

    Parameters
    ----------
    workers
        Processes that answer; they share one database.
    proxy
        Address of the web server in front, whose word on a visitor's address is taken.
    log_requests
        Whether a line of JSON is written a request.
    """
    import uvicorn

    # uvicorn raises a signal again once it has stopped: as an exit it lets others be stopped too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    uvicorn.run(
        "collabcomm.service.serve:from_environment",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        forwarded_allow_ips=proxy,
        timeout_keep_alive=75,  # longer than a web server in front keeps its connections
        timeout_graceful_shutdown=3,  # phones in a room are kept waiting longer than that
        access_log=False,  # its lines hold addresses of visitors and ids of attempts
        log_config=_logging(log_requests),
    )


def from_environment() -> FastAPI:
    """Return the service that the environment describes; each process that answers calls it.

    Python's turns become short in the whole process, which does nothing else.
    """
    from collabcomm.course.deliver import deliver
    from collabcomm.course.loader import load
    from collabcomm.service.app import create_app
    from collabcomm.store import Store

    settings = Settings.from_environment()
    assert settings.course is not None
    assert settings.site is not None
    sys.setswitchinterval(SWITCH_SECONDS)
    delivery = deliver(load(settings.course).course)
    return create_app(settings.site, delivery, Store(settings.database))


def _logging(requests: bool) -> dict[str, Any]:
    """Return how each process logs: warnings, and requests where they are asked for."""
    level = logging.getLevelName(logging.INFO if requests else logging.WARNING)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"plain": {"format": "%(message)s"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
        "loggers": {
            "uvicorn": {"handlers": ["stderr"], "level": "WARNING"},
            "collabcomm": {"handlers": ["stderr"], "level": "WARNING"},
            "collabcomm.access": {"level": level},
        },
    }


def is_free(host: str, port: int) -> bool:
    """Tell whether nothing on this machine listens at a port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def reachable(host: str) -> str:
    """Return the address by which others in the network reach this machine."""
    if host not in ("0.0.0.0", "::"):
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:  # nothing is sent: this asks the system which of its addresses it would use
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()
