"""What tests of the service share: the small course as it is delivered, and a learner's steps."""

from __future__ import annotations

import csv
import io
from uuid import uuid4

from fastapi.testclient import TestClient

from collabcomm.course.compiler import Compiler
from collabcomm.course.deliver import deliver
from collabcomm.course.loader import load
from collabcomm.engine.people import now
from collabcomm.results.export import Options, export
from folders import SMALL

COURSE = load(SMALL).course
DELIVERY = deliver(COURSE)
COMPILER = Compiler(COURSE)
BANK = {item["id"]: item for item in COMPILER.quiz("bank")["items"]}
BODY = {"activity": "bank", "kind": "quiz", "version": None}


def start(client, name=None):
    name = name or str(uuid4())
    answer = client.put(f"/api/attempts/{name}", json=BODY)
    return name, answer


def respond(client, attempt, item, response, seq=1, name=None):
    body = {"id": name or str(uuid4()), "seq": seq, "response": response, "at": "2026-11-23"}
    return client.put(f"/api/attempts/{attempt}/responses/{item}", json=body)


def refused(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    return answer.json()["detail"]


def table(store, cohort, rows):
    text = b"".join(export(store, cohort, "csv", Options(rows=rows))).decode()
    return list(csv.DictReader(io.StringIO(text)))


def keys(data):
    if isinstance(data, dict):
        return set(data) | {k for v in data.values() for k in keys(v)}
    return {k for v in data for k in keys(v)} if isinstance(data, list) else set()


def join_cohort(app, cohort, **body):
    client = TestClient(app)
    answer = client.post("/api/join", json={"code": cohort.code, **body})
    return client, answer


def make_cohort(store, **settings):
    return store.cohorts.create("Settled", ("visiting",), now(), **settings)
