"""2,000 learners take a graded quiz at once: does any request fail, is anything lost, how long?

Each learner joins, starts, answers the items one by one with a pause for thought, sends some
answers twice as a player does after a lost network, and hands in. The service runs as hosts run it:
SQLite with one worker, then PostgreSQL (durable commits) with two. At the end every acknowledged
answer must stand in the export exactly once, and every score must be the one computed here.

    python bench/load.py [--learners 2000] [--think 8] [--only sqlite|postgresql]
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from uuid import uuid4

from collabcomm.course.compiler import Compiler
from collabcomm.course.loader import load
from collabcomm.engine.people import now
from collabcomm.engine.scoring import score_quiz
from collabcomm.engine.walk import best_response
from collabcomm.store import Store
from collabcomm.testing import PostgresServer, ServiceProcess

REPO = Path(__file__).parent.parent
QUIZ = "human-behaviour"
RAMP = 20.0  # seconds over which learners arrive
AGAIN = 0.02  # share of answers that are sent twice


class Connection:
    """A browser's connection: HTTP/1.1, kept alive, with its cookie."""

    def __init__(self, port: int) -> None:
        self.port, self.cookie = port, ""

    async def ask(self, method: str, path: str, body: object = None) -> tuple[int, dict]:
        if not hasattr(self, "reader") or self.reader.at_eof():
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        data = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(data)}"]
        lines += ["Content-Type: application/json", f"Cookie: {self.cookie}", "", ""]
        self.writer.write("\r\n".join(lines).encode() + data)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        fields = dict(
            line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line
        )
        if "set-cookie" in fields:
            start = head.lower().index("set-cookie: ") + 12
            self.cookie = head[start : head.index(";", start)]
        answer = await self.reader.readexactly(int(fields["content-length"]))
        return int(head.split(" ", 2)[1]), json.loads(answer)


class Trial:
    """What the learners did, and how long it took."""

    def __init__(self, port: int, code: str, think: float) -> None:
        self.port, self.code, self.think = port, code, think
        self.bank = {i["id"]: i for i in Compiler(load(REPO).course).quiz(QUIZ)["items"]}
        self.times: dict[str, list[float]] = defaultdict(list)
        self.failed: list[str] = []
        self.acknowledged: dict[tuple[str, str], object] = {}
        self.wrong_scores = 0

    async def request(
        self, connection: Connection, kind: str, method: str, path: str, body: object
    ) -> dict:
        begun = time.perf_counter()
        try:
            status, answer = await connection.ask(method, path, body)
        except (OSError, asyncio.IncompleteReadError) as error:
            status, answer = 0, {"detail": repr(error)}
        self.times[kind].append(1000 * (time.perf_counter() - begun))
        if status not in (200, 201):
            self.failed.append(f"{kind}: {status} {answer.get('detail')}")
        return answer

    async def learner(self) -> None:
        await asyncio.sleep(random.uniform(0, RAMP))
        connection, attempt_id = Connection(self.port), str(uuid4())
        await self.request(connection, "join", "POST", "/api/join", {"code": self.code})
        body = {"activity": QUIZ, "kind": "quiz"}
        begun = await self.request(connection, "start", "PUT", f"/api/attempts/{attempt_id}", body)
        if not begun.get("quiz"):
            return
        given: dict[str, object] = {}
        for n, shown in enumerate(begun["quiz"]["items"]):
            await asyncio.sleep(random.expovariate(1 / self.think))
            item = self.bank[shown["id"]]
            given[item["id"]] = best_response(item) if random.random() < 0.7 else None
            body = {"id": str(uuid4()), "seq": n, "response": given[item["id"]], "at": ""}
            path = f"/api/attempts/{attempt_id}/responses/{item['id']}"
            for _ in range(2 if random.random() < AGAIN else 1):
                answer = await self.request(connection, "respond", "PUT", path, body)
                if answer.get("saved"):
                    self.acknowledged[attempt_id, item["id"]] = given[item["id"]]
        done = await self.request(
            connection, "submit", "POST", f"/api/attempts/{attempt_id}/submit", {}
        )
        items = [self.bank[shown["id"]] for shown in begun["quiz"]["items"]]
        self.wrong_scores += done.get("raw") != score_quiz({"items": items}, given).raw
        connection.writer.close()

    def difference(self, folder: Path, database: str) -> int:
        """Return how many acknowledged answers the export does not hold exactly once."""
        path = folder / "responses.csv"
        words = ["results", "export", "--cohort", self.code, "--rows", "responses"]
        command = [sys.executable, "-m", "collabcomm", *words, "--output", str(path)]
        subprocess.run([*command, "--database", database], check=True, capture_output=True)
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
        held = defaultdict(list)
        for row in rows:
            held[row["attempt"], row["item"]].append(row["response"])
        shown = {
            key: value if isinstance(value, str) else "" if value is None
            else json.dumps(value, ensure_ascii=False, sort_keys=True)
            for key, value in self.acknowledged.items()
        }  # fmt: skip
        return sum(held[key] != [value] for key, value in shown.items())


def run(kind: str, database: str, workers: int, learners: int, think: float) -> bool:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = database or f"sqlite:///{folder / 'results.sqlite3'}"
        store = Store(database)
        cohort = store.cohorts.create("Load", (QUIZ,), now())
        store.close()
        service = ServiceProcess(folder, REPO, database, workers, "--timeout-keep-alive", "75")
        try:
            trial = Trial(service.port, cohort.code, think)
            machine, begun, used = busy_seconds(), time.perf_counter(), time.process_time()

            async def everybody() -> None:
                await asyncio.gather(*(trial.learner() for _ in range(learners)))

            asyncio.run(everybody())
            seconds, own = time.perf_counter() - begun, time.process_time() - used
            machine = busy_seconds() - machine
            lost = trial.difference(folder, database)
            before = children_seconds()
        finally:
            service.stop()
    served = children_seconds() - before
    report(kind, workers, trial, seconds, (served, own, machine))
    print(
        f"  acknowledged {len(trial.acknowledged)}, lost or twice {lost}, "
        f"wrong scores {trial.wrong_scores}"
    )
    for line in sorted(set(trial.failed))[:5]:
        print(f"  failed: {line}")
    return not trial.failed and not lost and not trial.wrong_scores


def children_seconds() -> float:
    """Return the processor time of the programs that this one has started and seen end."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def busy_seconds() -> float:
    """Return the processor time of the whole machine so far, a database server's included."""
    user, nice, system = map(int, Path("/proc/stat").read_text().split(None, 4)[1:4])
    return (user + nice + system) / os.sysconf("SC_CLK_TCK")


def report(
    kind: str, workers: int, trial: Trial, seconds: float, used: tuple[float, float, float]
) -> None:
    every = [t for times in trial.times.values() for t in times]
    service, own, machine = (busy / seconds for busy in used)
    print(
        f"{kind}, {workers} worker(s): {len(every)} requests in {seconds:.0f} s "
        f"({len(every) / seconds:.0f}/s), failed {len(trial.failed)}\n"
        f"  cores busy: service {service:.2f} (its start included), this script {own:.2f}, "
        f"the whole machine {machine:.2f} of {os.cpu_count()}, which they share"
    )
    for name, times in [*trial.times.items(), ("all", every)]:
        times = sorted(times)
        marks = [times[min(int(q * len(times)), len(times) - 1)] for q in (0.5, 0.95, 0.99)]
        print(
            f"  {name:8} p50 {marks[0]:6.1f}  p95 {marks[1]:6.1f}  p99 {marks[2]:6.1f}  "
            f"max {times[-1]:6.1f} ms"
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--learners", type=int, default=2000)
    parser.add_argument("--think", type=float, default=8, help="mean seconds before an answer")
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    asked = parser.parse_args()
    good = True
    if asked.only != "postgresql":
        good &= run("SQLite", "", 1, asked.learners, asked.think)
    if asked.only != "sqlite":
        with PostgresServer() as server:
            server.stop()
            server.start(sync=True)
            good &= run("PostgreSQL", server.fresh(), 2, asked.learners, asked.think)
    if not good:
        sys.exit("Something failed, or was lost.")


if __name__ == "__main__":
    main()
