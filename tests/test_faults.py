"""The service under load is killed again and again: what it acknowledged is there, once."""

from __future__ import annotations

import contextlib
import random
import sqlite3
import threading
import time
from collections import defaultdict
from uuid import uuid4

import httpx2 as httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from collabcomm.course.compiler import Compiler
from collabcomm.course.deliver import deliver
from collabcomm.course.loader import load
from collabcomm.engine.people import now
from collabcomm.engine.scoring import score_quiz
from collabcomm.engine.walk import best_response
from collabcomm.service.app import create_app
from collabcomm.store import Store
from collabcomm.store.backup import backup, restore
from collabcomm.testing import PostgresServer, ServiceProcess
from folders import SMALL

COURSE = load(SMALL).course
DELIVERY = deliver(COURSE)
BANK = {item["id"]: item for item in Compiler(COURSE).quiz("bank")["items"]}
BODY = {"activity": "bank", "kind": "quiz"}
KILLS = 5


class Player:
    """Answers as the player in the browser does: what is not acknowledged is sent again."""

    def __init__(self, url, code, stop):
        self.url, self.code, self.stop = url, code, stop
        self.acknowledged, self.sent, self.wrong = {}, defaultdict(list), []
        self.client = httpx.Client(base_url=url, timeout=10)

    def send(self, method, path, body):
        while True:
            try:
                answer = self.client.request(method, path, json=body)
                if answer.status_code < 500:
                    return answer
            except httpx.TransportError:
                pass
            time.sleep(0.05)

    def run(self):
        try:
            self.send("POST", "/api/join", {"code": self.code})
            while not self.stop.is_set():
                self.attempt()
        except Exception as error:  # or the thread would end, and nobody know
            self.wrong.append(repr(error))
        self.client.close()

    def attempt(self):
        name, given = str(uuid4()), {}
        begun = self.send("PUT", f"/api/attempts/{name}", BODY).json()
        for seq, item in enumerate(begun["quiz"]["items"]):
            value = best_response(BANK[item["id"]]) if random.random() < 0.6 else None
            body = {"id": str(uuid4()), "seq": seq, "response": value, "at": ""}
            self.sent[body["id"]].append(value)
            path = f"/api/attempts/{name}/responses/{item['id']}"
            answer = self.send("PUT", path, body)
            if answer.status_code == 200:
                self.acknowledged[body["id"]] = (name, item["id"], value)
            else:
                self.wrong.append(answer.text)
            given[item["id"]] = value
        done = self.send("POST", f"/api/attempts/{name}/submit", {}).json()
        expected = score_quiz({"items": [BANK[i["id"]] for i in begun["quiz"]["items"]]}, given)
        if done.get("raw") != expected.raw:
            self.wrong.append(f"scored {done.get('raw')}, not {expected.raw}")


@contextlib.contextmanager
def load_of(url, code, count=6):
    stop = threading.Event()
    players = [Player(url, code, stop) for _ in range(count)]
    threads = [threading.Thread(target=player.run, daemon=True) for player in players]
    for thread in threads:
        thread.start()
    try:
        yield players
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)
    assert not any(thread.is_alive() for thread in threads)


def compare(store, code, players):
    """Hold what is in the database against what was acknowledged, and what was ever sent."""
    held = defaultdict(list)
    for _, attempt, responses in store.results.work(code):
        for response in responses:
            held[response.id].append((attempt.id, response.item, response.response))
    acknowledged = {k: v for player in players for k, v in player.acknowledged.items()}
    sent = {k: v for player in players for k, v in player.sent.items()}
    assert [player.wrong for player in players] == [[] for _ in players]
    assert len(acknowledged) > 100
    assert {k: held[k] for k in acknowledged} == {k: [v] for k, v in acknowledged.items()}
    assert set(held) <= set(sent)
    assert all([value for *_, value in rows] == sent[k] for k, rows in held.items())
    assert list(store.results.conflicts(code)) == []


def cohort_of(store):
    # More attempts than a player can make in the time.
    return store.cohorts.create("Faults", ("visiting",), now(), attempts=10_000).code


def test_a_killed_service_loses_nothing_it_acknowledged(tmp_path):
    database = f"sqlite:///{tmp_path / 'r.sqlite3'}"
    store = Store(database)
    code = cohort_of(store)
    service = ServiceProcess(tmp_path, SMALL, database, 1)
    try:
        with load_of(service.url, code) as players:
            for _ in range(KILLS):
                time.sleep(random.uniform(0.3, 1.2))
                service.kill()
                service.start()
    finally:
        service.kill()
    compare(store, code, players)
    store.close()


def test_workers_and_a_database_that_are_killed_lose_nothing(tmp_path):
    """PostgreSQL with durable commits; the second kill takes the database server down hard."""
    with PostgresServer() as server:
        server.stop()
        server.start(sync=True)
        database = server.fresh()
        store = Store(database)
        code = cohort_of(store)
        store.close()
        service = ServiceProcess(tmp_path, SMALL, database, 2)
        try:
            with load_of(service.url, code) as players:
                for blow in range(4):
                    time.sleep(1.5)
                    if blow == 1:
                        server.stop("immediate")
                        server.start(sync=True)
                    else:
                        service.kill()
                        service.start()
                time.sleep(1)
        finally:
            service.kill()
        store = Store(database)
        compare(store, code, players)
        store.close()


@pytest.fixture
def world(tmp_path):
    """A learner in the middle of an attempt, on SQLite."""
    path = tmp_path / "r.sqlite3"
    store = Store(f"sqlite:///{path}")
    (tmp_path / "site").mkdir()
    client = TestClient(create_app(tmp_path / "site", DELIVERY, store))
    client.post("/api/join", json={"code": cohort_of(store)})
    name = str(uuid4())
    items = client.put(f"/api/attempts/{name}", json=BODY).json()["quiz"]["items"]

    def respond(item, value=None, seq=1):
        body = {"id": str(uuid4()), "seq": seq, "response": value, "at": ""}
        return client.put(f"/api/attempts/{name}/responses/{item['id']}", json=body)

    yield path, store, client, respond, items, name
    store.close()


def test_a_locked_database_asks_to_come_again_and_takes_it_then(world):
    path, store, _, respond, items, name = world

    @event.listens_for(store.database.engine, "begin")
    def _impatient(connection):
        connection.exec_driver_sql("PRAGMA busy_timeout = 100")

    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        refused = respond(items[0])
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        assert "Nothing that was saved is lost" in refused.json()["detail"]
        other.execute("ROLLBACK")
    assert respond(items[0]).status_code == 200
    assert len(store.attempts.responses(name)) == 1


def test_a_full_disk_refuses_and_keeps_what_is_there(world):
    _, store, client, respond, items, name = world
    assert respond(items[0]).status_code == 200
    limit = {"pages": 1}

    @event.listens_for(store.database.engine, "begin")
    def _full(connection):
        connection.exec_driver_sql(f"PRAGMA max_page_count = {limit['pages']}")

    text = next(item for item in BANK.values() if item["type"] == "short-text")
    refused = 0
    for seq in range(2, 200):
        refused += respond(items[1], None, seq).status_code == 503
        if refused:
            break
    assert refused, text["id"]
    kept = len(store.attempts.responses(name))
    assert client.get(f"/api/attempts/{name}").status_code == 200
    limit["pages"] = 1_000_000
    assert respond(items[1], None, 500).status_code == 200
    assert len(store.attempts.responses(name)) == kept + 1


def test_a_backup_taken_under_load_is_one_moment_of_the_truth(tmp_path, postgres):
    database = f"sqlite:///{tmp_path / 'r.sqlite3'}"
    store = Store(database)
    code = cohort_of(store)
    service = ServiceProcess(tmp_path, SMALL, database, 1)
    counts = []
    try:
        with load_of(service.url, code, 4) as players:
            for n in range(4):
                time.sleep(0.7)
                counts.append(backup(store, tmp_path / f"backup-{n}"))
    finally:
        service.kill()
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]
    sent = {k: v for player in players for k, v in player.sent.items()}
    for n, url in enumerate((f"sqlite:///{tmp_path / 'other.sqlite3'}", postgres.fresh())):
        other = Store(url)
        assert restore(other, tmp_path / f"backup-{n + 2}") == counts[n + 2]
        seen = 0
        for _, attempt, responses in other.results.work(code):
            for response in responses:
                assert [response.response] == sent[response.id]
                seen += 1
            if attempt.submitted:
                assert len(responses) == 6
        assert seen > 0
        other.close()
    store.close()
