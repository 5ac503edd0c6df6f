"""The OpenAPI description, tried with whatever it allows and does not allow: never a 5xx."""

from __future__ import annotations

import contextlib
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings, strategies
from hypothesis.errors import Unsatisfiable
from pydantic import ValidationError
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error

from collabcomm.course.deliver import deliver
from collabcomm.course.loader import load
from collabcomm.engine.people import MAX_NAME, now
from collabcomm.service.app import create_app
from collabcomm.service.bodies import CohortBody, JoinBody
from collabcomm.store import Store
from folders import SMALL

COURSE = load(SMALL).course
DELIVERY = deliver(COURSE)
ATTEMPT = str(uuid4())


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(request, tmp_path_factory):
    """The service with a learner who has an attempt open, and an admin's token."""
    from fastapi.testclient import TestClient

    folder = tmp_path_factory.mktemp("openapi")
    (folder / "site").mkdir()
    sqlite = f"sqlite:///{folder / 'results.sqlite3'}"
    fresh = request.getfixturevalue("postgres").fresh
    store = Store(sqlite if request.param == "sqlite" else fresh())
    app = create_app(folder / "site", DELIVERY, store)
    cohort = store.cohorts.create("Spring", ("visiting",), now())
    client = TestClient(app)
    client.post("/api/join", json={"code": cohort.code})
    activity = {"activity": "bank"}
    body = {**activity, "kind": "quiz"}
    item = client.put(f"/api/attempts/{ATTEMPT}", json=body).json()["quiz"]["items"][0]["id"]
    token = store.access.create_token("admin", "Ann", now())
    known = {
        "attempt_id": ATTEMPT,
        "item_id": item,
        "code": cohort.code,
        "activity": "bank",
    }
    yield schemathesis.openapi.from_asgi("/api/openapi.json", app), known, client.cookies, token
    store.close()


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_no_request_makes_the_service_fail(world, mode):
    schema, known, cookies, token = world
    headers = {"Authorization": f"Bearer {token}"}
    tried = set()

    def trying(operation):
        @settings(
            max_examples=25,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(
            case=operation.as_strategy(generation_mode=mode),
            here=strategies.sets(strategies.sampled_from(sorted(known))),
        )
        def attempt(case, here):
            for name in here & set(case.path_parameters or {}):  # some meet what is there
                case.path_parameters[name] = known[name]
            mine = {} if operation.path == "/api/leave" else dict(cookies)
            case.call_and_validate(checks=(not_a_server_error,), cookies=mine, headers={**headers})

        return attempt

    for result in schema.get_all_operations():
        operation = result.ok()
        tried.add(operation.path)
        with contextlib.suppress(Unsatisfiable):  # where nothing negative can be made
            trying(operation)()
    assert {"/api/join", "/api/cohorts/{code}/results", "/api/attempts/{attempt_id}"} <= tried


@pytest.mark.parametrize("body", [JoinBody, CohortBody])
def test_no_name_is_longer_than_the_store_keeps(body):
    whole = {"code": "KFQT-73MW", "modules": ["first"]}
    known = {key: value for key, value in whole.items() if key in body.model_fields}
    assert body(**known, name="x" * MAX_NAME)
    with pytest.raises(ValidationError):
        body(**known, name="x" * (MAX_NAME + 1))
