"""A PostgreSQL server for tests: found, or got from the system's packages; run in a folder.

    python -m collabcomm.testing.postgres

says where it is, or gets it. Exit code 1 where there is none and none can be had.
"""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType

import psycopg

PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")


def find_programs() -> Path | None:
    """Return the folder of the server's programs, the newest there is."""
    found = [p for place in PLACES for p in Path("/").glob(place[1:]) if (p / "initdb").is_file()]
    if found:
        return max(
            found,
            key=lambda path: [
                int(n) for n in "".join(c if c.isdigit() else " " for c in str(path)).split()
            ],
        )
    program = shutil.which("initdb")
    return Path(program).resolve().parent if program else None


class PostgresServer:
    """A server on a free port of this machine, in a folder that goes when it stops."""

    def __enter__(self) -> PostgresServer:
        programs = find_programs()
        if programs is None:
            raise FileNotFoundError("no PostgreSQL server is installed here")
        self.programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="collabcomm-pg-"))
        # The server refuses to run as root.
        self.prefix: list[str] = []
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
            self.prefix = ["runuser", "-u", "postgres", "--"]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        data = str(self.folder / "data")
        locale = ["-E", "UTF8", "--no-locale", "--no-sync"]
        self.run("initdb", "-D", data, "-U", "postgres", "-A", "trust", *locale)
        self.start()
        self.numbers = itertools.count(1)
        return self

    def start(self, sync: bool = False) -> None:
        """Start the server; ``sync`` makes a commit durable, which only trials of that need."""
        options = f"-p {self.port} -h 127.0.0.1 -k {self.folder} -c max_connections=300"
        options += "" if sync else " -F"
        log = str(self.folder / "log")
        data = str(self.folder / "data")
        self.run("pg_ctl", "-D", data, "-w", "-l", log, "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop the server."""
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", mode, "-w", "stop")

    def run(self, program: str, *words: str) -> None:
        """Run one of the server's programs."""
        command = [*self.prefix, str(self.programs / program), *words]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")

    def fresh(self) -> str:
        """Return the address of a new, empty database."""
        name = f"test{next(self.numbers)}"
        address = f"postgresql://postgres@127.0.0.1:{self.port}"
        with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        return f"{address}/{name}"

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Stop it; its folder goes."""
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)


def main() -> None:
    """Make sure that there is a PostgreSQL server."""
    if not find_programs() and shutil.which("apt-get"):
        print("No PostgreSQL server here: asking apt for one ...", flush=True)
        root = [] if os.geteuid() == 0 else ["sudo", "-n"]
        subprocess.run([*root, "apt-get", "update", "-qq"], check=False)
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "postgresql"]
        # The package starts a server of its own unless it is told not to.
        subprocess.run([*root, *install], check=False, env={**os.environ, "RUNLEVEL": "1"})
    found = find_programs()
    if not found:
        sys.exit("The tests need PostgreSQL. Install it, then run 'make test' again.")
    print(f"Database tests use SQLite and {found}")


if __name__ == "__main__":
    main()
