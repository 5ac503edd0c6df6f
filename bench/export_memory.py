"""How much memory, and how long, does it take to export 1,000,000 responses?

A SQLite database is filled with attempts of 12 answers each, then ``collabcomm results export``
runs once for each format, in a process of its own. Prints its seconds, its peak memory, and the
size of the file; exit code 1 where one fails or needs more than the budget. Needs Linux: the peak
is read from ``/proc``.

    python bench/export_memory.py [--responses 1000000] [--formats csv xlsx]
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from uuid import UUID

from collabcomm.course.deliver import deliver
from collabcomm.course.draw import draw
from collabcomm.course.loader import load
from collabcomm.engine.attempt import Attempt, Response, quiz_result
from collabcomm.engine.people import now
from collabcomm.engine.walk import best_response
from collabcomm.store import Store, tables

REPO = Path(__file__).parent.parent
QUIZ = "human-behaviour"
BUDGET = 200.0  # MB
SLOW = 180.0  # seconds
BATCH = 1000  # attempts that are made and inserted together
EXPORTS = {
    "csv": ("--format", "csv", "--rows", "responses"),
    "xlsx": ("--format", "xlsx"),
    "json": ("--format", "json"),
    "xapi": ("--format", "xapi"),
    "moodle-responses": ("--format", "moodle-responses", "--activity", QUIZ),
}


class Maker:
    """Rows of learners with a name and one submitted attempt each; three answers in four right."""

    def __init__(self, cohort: str) -> None:
        self.cohort, self.quiz = cohort, deliver(load(REPO).course)["quizzes"][QUIZ]
        self.content = self.quiz["content"]
        self.items = {item["id"]: item for item in self.content["items"]}
        self.best = {name: best_response(item) for name, item in self.items.items()}
        self.chance = random.Random(1)
        self.begun = now() - timedelta(days=30)

    def uuid(self) -> str:
        return str(UUID(int=self.chance.getrandbits(128), version=4))

    def rows(self, n: int) -> tuple[dict, dict, dict, list[dict]]:
        """Return the rows of learner number ``n``: learner, name, attempt, responses."""
        learner, moment = f"{n:022x}", self.begun + timedelta(seconds=n)
        attempt, responses = self.attempt(learner, moment)
        joined = {"id": learner, "cohort": self.cohort, "joined": moment}
        return joined, {"learner": learner, "name": f"Learner {n}"}, attempt, responses

    def attempt(self, learner_id: str, begun: datetime) -> tuple[dict, list[dict]]:
        """Return an attempt's row and those of its responses."""
        attempt_id = self.uuid()
        drawn = tuple(draw(self.quiz, attempt_id))
        given = {i: self.best[i] if self.chance.random() < 0.75 else None for i in drawn}
        responses = []
        for seq, (item_id, value) in enumerate(given.items()):
            at = begun + timedelta(seconds=20 * seq)
            response = (self.uuid(), attempt_id, item_id, seq, value, at.isoformat(), at)
            responses.append(vars(Response(*response)))
        shown = {**self.content, "items": [self.items[i] for i in drawn]}
        result = quiz_result(shown, given, 60)
        score = {key: result[key] for key in ("raw", "max", "passed", "pass_mark")}
        done = Attempt(
            attempt_id, learner_id, QUIZ, "quiz", self.content["version"], begun, drawn,
            submitted=begun + timedelta(minutes=5), **score,
        )  # fmt: skip
        return vars(done), responses


def fill(url: str, attempts: int) -> str:
    """Fill a new database; return the cohort's code."""
    store = Store(url)
    code = store.cohorts.create("A million", (QUIZ,), now()).code
    maker = Maker(code)
    store.contents.keep(maker.content)
    for first in range(0, attempts, BATCH):
        batch = [maker.rows(n) for n in range(first, min(first + BATCH, attempts))]
        learners, names, begun, responses = zip(*batch, strict=True)
        with store.database.write() as connection:
            connection.execute(tables.learners.insert(), learners)
            connection.execute(tables.names.insert(), names)
            connection.execute(tables.attempts.insert(), begun)
            connection.execute(tables.responses.insert(), list(chain.from_iterable(responses)))
    store.close()
    return code


def measure(words: list[str]) -> tuple[int, float, float]:
    """Run a program; return its exit code, its seconds and its peak memory in MB.

    The peak is read again and again: what the system tells of an ended child counts its parent's
    memory too.
    """
    begun, peak = time.perf_counter(), 0
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        with suppress(OSError, StopIteration):
            lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
            peak = int(next(line for line in lines if line.startswith("VmHWM")).split()[1])
        time.sleep(0.02)
    return process.returncode, time.perf_counter() - begun, peak * 1024 / 1e6


def run(name: str, code: str, url: str, folder: Path) -> bool:
    """Export once and print a line; return whether it kept to the budget."""
    path = folder / f"results-{name}"
    words = [sys.executable, "-m", "collabcomm", "results", "export", "--cohort", code]
    words += [*EXPORTS[name], "--output", str(path), "--database", url]
    failed, seconds, peak = measure(words)
    size = path.stat().st_size / 1e6 if path.exists() else 0
    path.unlink(missing_ok=True)
    remarks = ["failed"] * bool(failed) + ["over the budget"] * (peak > BUDGET)
    remarks += ["slow"] * (seconds > SLOW)
    print(f"{name:20}{seconds:10.1f}{peak:10.0f}{size:10.0f}  {', '.join(remarks)}", flush=True)
    return not failed and peak <= BUDGET


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--responses", type=int, default=1_000_000)
    parser.add_argument("--formats", nargs="+", choices=EXPORTS, default=list(EXPORTS))
    asked = parser.parse_args()
    attempts = -(-asked.responses // 12)
    with tempfile.TemporaryDirectory() as name:
        url = f"sqlite:///{Path(name) / 'results.sqlite3'}"
        begun = time.perf_counter()
        code = fill(url, attempts)
        print(f"{12 * attempts:,} responses made in {time.perf_counter() - begun:.0f} s")
        print(f"{'export':20}{'s':>10}{'peak MB':>10}{'file MB':>10}  (budget {BUDGET:.0f} MB)")
        good = [run(shape, code, url, Path(name)) for shape in asked.formats]
    if not all(good):
        sys.exit("An export failed, or needs too much memory.")


if __name__ == "__main__":
    main()
