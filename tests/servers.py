"""The real thing for the browser tests: the built book behind its service, and Voila."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import uvicorn

from collabcomm.course.loader import load
from collabcomm.service.app import create_app
from collabcomm.store import Store
from collabcomm.workshop.voila import command, environment, gather

REPO = Path(__file__).parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def collabcomm(*words: str, **options: object) -> subprocess.CompletedProcess[str]:
    """Run the command line as a person would."""
    command_line = [sys.executable, "-m", "collabcomm", *words]
    return subprocess.run(command_line, capture_output=True, text=True, check=False, **options)


def wait_for(url: str, seconds: float = 40) -> None:
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
    """The course's service over a built book, on a port of its own."""

    def __init__(self, site: Path, database: str, port: int | None = None) -> None:
        self.store = Store(database)
        app = create_app(site, load(REPO).course, self.store)
        port = port or free_port()
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.server = uvicorn.Server(
            uvicorn.Config(app, port=port, log_level="critical", timeout_graceful_shutdown=2)
        )
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        wait_for(f"{self.url}/api/health")

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)
        self.store.close()


class Voila:
    """Voila over the course's workshops, as ``collabcomm serve`` starts it."""

    def __init__(
        self, folder: Path, idle: int = 1800, database: str = "sqlite://", site: str = ""
    ) -> None:
        gathered = gather(load(REPO), folder)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.log = (folder / "log.txt").open("w")
        self.process = subprocess.Popen(
            command(gathered, port, idle),
            env={**os.environ, **environment(gathered, REPO, database, site)},
            stdout=self.log,
            stderr=self.log,
        )
        wait_for(self.url)

    def kernels(self) -> list[str]:
        """The kernels that run under this Voila."""
        asked = ["ps", "-eo", "ppid=,args="]
        lines = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
        parent = str(self.process.pid)
        return [x for x in lines.splitlines() if x.split()[0] == parent and "ipykernel" in x]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(15)
        self.log.close()
