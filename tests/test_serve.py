"""``collabcomm serve`` as a person starts and stops it."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from collabcomm.testing import free_port, run_command, wait_for
from folders import REPO


def test_serve_starts_the_book_and_voila_and_stops_both(tmp_path):
    book, workshops = free_port(), free_port()
    command = [
        *(sys.executable, "-m", "collabcomm", "serve", "--course", str(REPO)),
        *("--port", str(book), "--voila-port", str(workshops), "--output", str(tmp_path)),
        *("--database", f"sqlite:///{tmp_path / 'results.sqlite3'}"),
    ]
    log = (tmp_path / "log.txt").open("w")
    process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        wait_for(f"http://127.0.0.1:{book}/api/health", 60)
        wait_for(f"http://127.0.0.1:{workshops}/", 60)
        with urllib.request.urlopen(f"http://127.0.0.1:{book}/book/index.html") as page:
            assert b"Collaborative" in page.read()
    finally:
        process.terminate()
        process.wait(30)
        log.close()
    end = time.monotonic() + 15
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", workshops)):
                return
        if time.monotonic() > end:
            pytest.fail("Voila is still there")
        time.sleep(0.2)


def test_a_port_that_is_taken_is_named(tmp_path):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        done = run_command("serve", "--course", str(REPO), "--port", str(port), cwd=tmp_path)
    assert done.returncode == 1
    assert f"Port {port} is taken. Choose another with --port." in done.stderr
