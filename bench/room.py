"""500 participants vote within ten seconds: is each counted once, how soon is it on the screen?

The service runs as hosts run it, one worker on SQLite, beside this process on one machine. Each
participant comes in, keeps asking what is new as a phone does, and votes at a random moment; the
projector keeps asking too. A vote is visible when the projector's counts hold it. Memory is that of
all processes of the set-up. Then the trainer's room in Voila is opened, beside stock Voila on the
same notebook.

    python bench/room.py [--participants 500] [--seconds 10] [--no-voila]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx2 as httpx

from collabcomm.course.compiler import Compiler
from collabcomm.course.loader import load
from collabcomm.engine.people import now
from collabcomm.room.rooms import Rooms
from collabcomm.room.state import ROOM_CODE, Room, act, opening
from collabcomm.settings import Settings
from collabcomm.store import Store
from collabcomm.testing import ServiceProcess, Voila, find_browser, free_port, wait_for

REPO = Path(__file__).parent.parent
SCENARIO = "im-managing"


def memory(pid: int) -> float:
    """Return the proportional memory of a process and its children, in MB."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    own = next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1000
    return own + sum(memory(int(child)) for child in children)


class Trial:
    """One room on a service of its own."""

    def __init__(self, folder: Path) -> None:
        self.database = f"sqlite:///{folder / 'results.sqlite3'}"
        self.store = Store(self.database)
        self.content = Compiler(load(REPO).course).scenario(SCENARIO)
        self.store.contents.keep(self.content)
        self.room = Room(
            *(ROOM_CODE.new(), "", SCENARIO, self.content["version"], "key", now()),
            state=opening(SCENARIO),
        )
        Rooms(self.store.database).create(self.room)
        self.service = ServiceProcess(folder, REPO, self.database)
        self.url = self.service.url
        self.api = f"/api/rooms/{self.room.code}"
        self.over = asyncio.Event()
        self.cast: list[float] = []
        self.took: list[float] = []
        self.seen: list[tuple[float, int]] = []

    def do(self, name: str) -> None:
        """Press a button of the console."""

        def change(room: Room, counts: dict[str, int]) -> Room:
            state = act(self.content, room.state, {"do": name}, counts, now())
            return Room(**{**room.__dict__, "state": state})

        rev = Rooms(self.store.database).get(self.room.code).rev
        Rooms(self.store.database).change(self.room.code, rev, change)

    async def run(self, participants: int, seconds: float) -> dict[str, object]:
        """Let everybody vote; return the figures."""
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        clients = [
            httpx.AsyncClient(base_url=self.url, timeout=60, limits=limits)
            for _ in range(participants)
        ]
        gate = asyncio.Semaphore(40)

        async def enter(client: httpx.AsyncClient) -> None:
            async with gate:
                (await client.post(f"{self.api}/enter")).raise_for_status()

        begun = time.perf_counter()
        await asyncio.gather(*map(enter, clients))
        entered = time.perf_counter() - begun
        waiting = [asyncio.create_task(self.listen(client)) for client in clients]
        waiting.append(asyncio.create_task(self.watch()))
        await asyncio.sleep(3)
        await asyncio.to_thread(self.do, "open_vote")
        await asyncio.sleep(1)
        await asyncio.gather(*(self.vote(client, seconds) for client in clients))
        await asyncio.sleep(1.5)
        used = memory(self.service.process.pid)
        self.over.set()
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await asyncio.gather(*(client.aclose() for client in clients))
        return {
            "participants": participants,
            "entered_in_s": round(entered, 1),
            **self.figures(),
            "service_mb": round(used),
        }

    async def listen(self, client: httpx.AsyncClient) -> None:
        """Keep asking what is new, as a phone does."""
        mark = ""
        while not self.over.is_set():
            mark = (await client.get(self.api, params={"since": mark})).json()["mark"]

    async def watch(self) -> None:
        """Keep asking as the projector does, and note when it shows how many votes."""
        async with httpx.AsyncClient(base_url=self.url, timeout=60) as client:
            mark = ""
            while not self.over.is_set():
                asked = {"since": mark, "screen": "key"}
                found = (await client.get(self.api, params=asked)).json()
                mark = found["mark"]
                self.seen.append((time.perf_counter(), sum((found["counts"] or {}).values())))

    async def vote(self, client: httpx.AsyncClient, seconds: float) -> None:
        """Vote at a random moment."""
        choices = [c["id"] for c in self.content["nodes"][self.content["start"]]["choices"]]
        await asyncio.sleep(random.uniform(0, seconds))
        begun = time.perf_counter()
        body = {"ballot": 1, "choice": random.choice(choices)}
        (await client.post(f"{self.api}/votes", json=body)).raise_for_status()
        self.cast.append(begun)
        self.took.append(time.perf_counter() - begun)

    def figures(self) -> dict[str, object]:
        """Return how many votes were counted, and how soon.

        The n-th vote cast is visible when the screen shows n: votes are alike, so the order of
        casting is the order that counts.
        """
        counts, _ = Rooms(self.store.database).counts(self.room.code, 1)
        late = sorted(
            1000 * (next(at for at, total in self.seen if total >= n) - moment)
            for n, moment in enumerate(sorted(self.cast), 1)
        )
        took = sorted(self.took)
        return {
            "counted": sum(counts.values()),
            "vote_p50_ms": round(1000 * statistics.median(took)),
            "vote_p95_ms": round(1000 * took[int(0.95 * len(took))]),
            "visible_p50_ms": round(statistics.median(late)),
            "visible_p95_ms": round(late[int(0.95 * len(late))]),
        }


def usable(url: str, page: str, what: str) -> float:
    """Return the seconds from opening a page of Voila until something in it can be used."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        times = []
        for _ in range(4):
            tab = browser.new_page()
            begun = time.perf_counter()
            tab.goto(f"{url}/voila/render/{page}")
            tab.locator(what).first.wait_for(timeout=60_000)
            times.append(time.perf_counter() - begun)
            tab.close()
        browser.close()
    return min(times[1:])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--participants", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--no-voila", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(Path(name))
        try:
            figures = asyncio.run(trial.run(asked.participants, asked.seconds))
            if not asked.no_voila:
                figures |= in_voila(Path(name), trial)
        finally:
            trial.service.stop()
            trial.store.close()
    print(json.dumps(figures, indent=2))
    if figures["counted"] != figures["participants"]:
        sys.exit("Votes were lost or counted twice.")


def in_voila(folder: Path, trial: Trial) -> dict[str, object]:
    """Return how soon the room is usable, beside stock Voila on the same notebook."""
    ours = Voila(folder / "voila", REPO, database=trial.database, site=trial.url)
    mine = usable(ours.url, "trainers-room.ipynb", ".room-console button")
    used = memory(ours.process.pid)
    notebooks = folder / "voila" / "notebooks"
    port = free_port()
    told = Settings(course=REPO, database=trial.database).as_environment()
    stock = subprocess.Popen(
        [sys.executable, "-m", "voila", str(notebooks), "--no-browser", f"--port={port}"],
        env={**os.environ, **told},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}")
        theirs = usable(f"http://127.0.0.1:{port}", "trainers-room.ipynb", ".room-console button")
    finally:
        ours.stop()
        stock.terminate()
        stock.wait(15)
    return {
        "room_usable_s": round(mine, 2),
        "stock_voila_s": round(theirs, 2),
        "voila_with_kernels_mb": round(used),
    }


if __name__ == "__main__":
    main()
