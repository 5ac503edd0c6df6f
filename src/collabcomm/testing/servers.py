"""The real thing for tests: the service over a built book, in a thread or processes, and Voila."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

import uvicorn

from collabcomm.course.deliver import deliver
from collabcomm.course.loader import load
from collabcomm.service.app import create_app
from collabcomm.settings import Settings
from collabcomm.store import Store
from collabcomm.workshop.voila import command, environment, gather


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run_command(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run ``collabcomm`` with these words, as a person would; ``options`` are subprocess.run's."""
    command_line = [sys.executable, "-m", "collabcomm", *words]
    return subprocess.run(command_line, capture_output=True, text=True, check=False, **options)


def wait_for(url: str, seconds: float = 40) -> None:
    """Wait until an address answers.

    Raises
    ------
    OSError
        Where it does not within ``seconds``.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


class Service:
    """The service over a built book in a thread of this process, so that a test sees its store.

    Parameters
    ----------
    site
        The folder of the built book, or an empty one.
    course
        The course's folder.
    database
        A SQLAlchemy address.
    port
        The port; a free one if not given.
    """

    def __init__(self, site: Path, course: Path, database: str, port: int | None = None) -> None:
        self.store = Store(database)
        app = create_app(site, deliver(load(course).course), self.store)
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        config = uvicorn.Config(
            app, port=self.port, log_level="critical", timeout_graceful_shutdown=2
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        wait_for(f"{self.url}/api/health")

    def stop(self) -> None:
        """Stop the service and close its store."""
        self.server.should_exit = True
        self.thread.join(10)
        self.store.close()


class ServiceProcess:
    """The service in processes of its own, as hosts run it: it can be killed, and be measured.

    Parameters
    ----------
    folder
        Where a folder ``site`` is made for the book, which stays empty.
    course, database
        As for ``Service``.
    workers
        How many processes answer.
    options
        More words for uvicorn.
    """

    def __init__(
        self, folder: Path, course: Path, database: str, workers: int = 1, *options: str
    ) -> None:
        site = folder / "site"
        site.mkdir(exist_ok=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        told = Settings(course=course, database=database, site=site).as_environment()
        self.environment = {**os.environ, **told}
        self.words = [
            *(sys.executable, "-m", "uvicorn", "--factory"),
            *("collabcomm.service.serve:from_environment", "--port", str(self.port)),
            *("--workers", str(workers), "--no-access-log", "--log-level", "critical"),
            *("--timeout-graceful-shutdown", "2", *options),
        ]
        self.start()

    def start(self) -> None:
        """Start the processes and wait until they answer."""
        self.process = subprocess.Popen(
            self.words, env=self.environment, start_new_session=True, stderr=subprocess.DEVNULL
        )
        wait_for(f"{self.url}/api/health")

    def kill(self) -> None:
        """Kill all processes at once: nothing of theirs is put in order."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> None:
        """Stop as a host does."""
        self.process.terminate()
        self.process.wait(30)


class Voila:
    """Voila over a course's workshops, as ``collabcomm serve`` starts it.

    Parameters
    ----------
    folder
        Where the notebooks are gathered and the log is written.
    course
        The course's folder.
    idle
        Seconds after which a kernel without a page ends.
    database, site
        Addresses of the results and of the service.
    """

    def __init__(
        self,
        folder: Path,
        course: Path,
        idle: int = 1800,
        database: str = "sqlite://",
        site: str = "",
    ) -> None:
        gathered = gather(load(course), folder)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.log = (folder / "log.txt").open("w")
        self.process = subprocess.Popen(
            command(gathered, port, idle),
            env={**os.environ, **environment(gathered, course, database, site)},
            stdout=self.log,
            stderr=self.log,
        )
        wait_for(self.url)

    def kernels(self) -> list[str]:
        """Return the kernels that run under this Voila, as lines of ``ps``."""
        asked = ["ps", "-eo", "ppid=,args="]
        lines = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
        parent = str(self.process.pid)
        return [
            line for line in lines.splitlines() if line.split()[0] == parent and "ipykernel" in line
        ]

    def stop(self) -> None:
        """Stop it and its kernels."""
        self.process.terminate()
        self.process.wait(15)
        self.log.close()
