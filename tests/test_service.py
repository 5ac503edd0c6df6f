"""The service as a learner meets it, a clumsy one and a hostile one too: nothing is ever lost."""

from __future__ import annotations

import gzip
import signal
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from collabcomm.course.deliver import deliver
from collabcomm.engine.people import FEEDBACK, now
from collabcomm.engine.walk import best_response
from collabcomm.service.app import create_app
from collabcomm.store import Store
from collabcomm.store.backup import backup
from service_steps import (
    BANK,
    BODY,
    COMPILER,
    COURSE,
    DELIVERY,
    join_cohort,
    keys,
    make_cohort,
    refused,
    respond,
    start,
    table,
)


def test_a_code_may_be_typed_carelessly(stranger, cohort):
    typed = f" {cohort.code.lower().replace('-', ' ')} "
    answer = stranger.post("/api/join", json={"code": typed, "name": " Mair\n Ellis "})
    assert answer.json()["learner"]["name"] == "Mair Ellis"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_joining_again_keeps_the_learner(learner, cohort):
    first = learner.get("/api/me").json()
    assert learner.post("/api/join", json={"code": cohort.code}).json() == first


def test_unknown_and_expired_codes_are_refused(stranger, store):
    refused(stranger.post("/api/join", json={"code": "AAAA-BBBB"}), 404)
    past = store.cohorts.create("Old", ("visiting",), now(), now() - timedelta(days=1))
    refused(stranger.post("/api/join", json={"code": past.code}), 410)


def test_secrets_are_not_in_the_database(learner, store, tmp_path):
    token = store.access.create_token("assessor", "A", now())
    backup(store, tmp_path / "all")
    held = gzip.decompress((tmp_path / "all").read_bytes()).decode()
    assert "Mair" in held
    assert learner.cookies["collabcomm"] not in held
    assert token not in held


def test_nobody_is_no_error_and_forged_cookies_are_nobody(stranger):
    assert stranger.get("/api/me").json() == {"learner": None}
    stranger.cookies.set("collabcomm", "forged")
    assert stranger.get("/api/me").json() == {"learner": None}
    refused(start(stranger)[1], 401)


def test_leaving_ends_the_session(learner):
    assert learner.post("/api/leave").json() == {"learner": None}
    refused(learner.get("/api/attempts?activity=bank"), 401)


def test_a_whole_attempt_is_scored_by_the_service(learner):
    name, answer = start(learner)
    assert answer.status_code == 201
    quiz = answer.json()["quiz"]
    assert len(quiz["items"]) == 6
    secret = {"weights", "feedback", "support", "explanation", "evidence"}
    assert not keys(answer.json()) & secret
    for item in quiz["items"][:3]:
        given = best_response(BANK[item["id"]])
        assert respond(learner, name, item["id"], given).json()["saved"]
    resumed = learner.get(f"/api/attempts/{name}").json()
    assert len(resumed["responses"]) == 3
    assert not keys(resumed) & secret
    done = learner.post(f"/api/attempts/{name}/submit", json={}).json()
    assert (done["result"]["raw"], done["result"]["max"], done["result"]["passed"]) == (
        3,
        6,
        False,
    )
    assert {"weights", "feedback", "evidence"} <= keys(done["result"])
    assert learner.post(f"/api/attempts/{name}/submit", json={}).json() == done
    refused(respond(learner, name, quiz["items"][5]["id"], None), 409)


def test_repeats_are_harmless_and_the_highest_seq_counts(learner):
    name, answer = start(learner)
    assert start(learner, name)[1].status_code == 200
    item = next(i for i in answer.json()["quiz"]["items"] if i["type"] == "single-choice")
    first, second = (option["id"] for option in item["options"][:2])
    one = str(uuid4())
    assert respond(learner, name, item["id"], second, 2, one).status_code == 200
    assert respond(learner, name, item["id"], second, 2, one).status_code == 200
    refused(respond(learner, name, item["id"], first, 2, one), 409)
    assert respond(learner, name, item["id"], first, 1).status_code == 200
    assert learner.get(f"/api/attempts/{name}").json()["responses"] == {item["id"]: second}


def test_attempts_run_out(learner):
    for _ in range(3):
        name, answer = start(learner)
        assert answer.status_code == 201
        refused(start(learner)[1], 409)  # one is open
        learner.post(f"/api/attempts/{name}/submit", json={})
    assert "All 3 attempts" in refused(start(learner)[1], 409)
    assert learner.get("/api/attempts?activity=bank").json()["left"] == 0


def test_somebody_elses_attempt_is_not_there(app, learner, cohort):
    name, answer = start(learner)
    item = answer.json()["quiz"]["items"][0]["id"]
    other = TestClient(app)
    other.post("/api/join", json={"code": cohort.code})
    refused(other.get(f"/api/attempts/{name}"), 404)
    refused(respond(other, name, item, "x"), 404)
    refused(other.post(f"/api/attempts/{name}/submit", json={}), 404)
    refused(start(other, name)[1], 409)


def test_late_work_is_refused_and_what_came_before_is_kept(app, store):
    closes = now() + timedelta(seconds=1.2)
    cohort = store.cohorts.create("Short", ("visiting",), now(), closes)
    client = TestClient(app)
    client.post("/api/join", json={"code": cohort.code})
    name, answer = start(client)
    item = answer.json()["quiz"]["items"][0]
    assert respond(client, name, item["id"], best_response(BANK[item["id"]])).status_code == 200
    while now() < closes:
        pass
    refused(respond(client, name, item["id"], None, 2), 410)
    refused(client.post(f"/api/attempts/{name}/submit", json={}), 410)
    refused(start(client)[1], 410)
    assert item["id"] in client.get(f"/api/attempts/{name}").json()["responses"]


def test_a_quiz_edited_meanwhile_is_scored_as_it_was_begun(store, tmp_path, cohort):
    site = tmp_path / "s"
    site.mkdir()
    client = TestClient(create_app(site, DELIVERY, store))
    client.post("/api/join", json={"code": cohort.code})
    name, answer = start(client)
    for item in answer.json()["quiz"]["items"]:
        respond(client, name, item["id"], best_response(BANK[item["id"]]))
    quiz = COURSE.quizzes["bank"]
    fewer = quiz.model_copy(update={"items": quiz.items[:9]})
    edited = COURSE.model_copy(update={"quizzes": {**COURSE.quizzes, "bank": fewer}})
    later = TestClient(create_app(site, deliver(edited), store), cookies=client.cookies)
    done = later.post(f"/api/attempts/{name}/submit", json={}).json()
    assert done["result"]["percent"] == 100


def test_a_scenario_needs_steps_that_reach_an_ending(learner):
    name = str(uuid4())
    body = {"activity": "doorstep", "kind": "scenario", "version": None}
    assert learner.put(f"/api/attempts/{name}", json=body).status_code == 201
    best = COMPILER.scenario("doorstep")["best"]
    address = f"/api/attempts/{name}/submit"
    refused(learner.post(address, json={"steps": best[:-1]}), 422)
    refused(learner.post(address, json={"steps": [{"node": "nowhere"}]}), 422)
    assert learner.post(address, json={"steps": best}).json()["result"]["percent"] == 100


@pytest.mark.parametrize(
    ("method", "address", "body", "status"),
    [
        ("PUT", "/api/attempts/not-a-uuid", BODY, 422),
        ("PUT", f"/api/attempts/{uuid4()}", {**BODY, "activity": "nothing"}, 404),
        ("PUT", f"/api/attempts/{uuid4()}", {**BODY, "activity": "types"}, 404),
        ("PUT", f"/api/attempts/{uuid4()}", {**BODY, "kind": "exam"}, 422),
        ("PUT", f"/api/attempts/{uuid4()}", {**BODY, "score": 100}, 422),
        ("GET", f"/api/attempts/{uuid4()}", None, 404),
        ("POST", f"/api/attempts/{uuid4()}/submit", {}, 404),
        ("POST", "/api/join", {"code": 7}, 422),
        ("POST", "/api/join", {"code": "A" * 70_000}, 413),
        ("GET", "/api/nothing", None, 404),
        ("DELETE", "/api/me", None, 404),
    ],
)
def test_bad_requests_get_the_right_status(learner, method, address, body, status):
    refused(learner.request(method, address, json=body), status)


def test_malformed_json_and_foreign_origins_are_refused(learner):
    headers = {"content-type": "application/json"}
    refused(learner.post("/api/join", content=b"{", headers=headers), 422)
    foreign = {"origin": "https://evil.example"}
    refused(learner.post("/api/leave", headers=foreign), 403)


def test_responses_of_another_shape_or_item_are_refused(learner):
    name, answer = start(learner)
    item = next(i for i in answer.json()["quiz"]["items"] if i["type"] == "single-choice")
    refused(respond(learner, name, item["id"], {"a": 1}), 422)
    refused(respond(learner, name, item["id"], "x" * 3000), 422)
    refused(respond(learner, name, "unknown-item", "x"), 404)
    refused(respond(learner, name, item["id"], "x", seq=-1), 422)


def test_every_answer_has_the_security_headers(stranger):
    for address in ("/", "/api/me", "/api/nothing", "/missing.html", "/host.json"):
        headers = stranger.get(address).headers
        assert "script-src" in headers["content-security-policy"] or (
            "default-src 'self'" in headers["content-security-policy"]
        )
        assert headers["x-content-type-options"] == "nosniff"
    assert stranger.get("/host.json").json() == {"service": "api"}


def test_many_at_once_lose_nothing(app, cohort, store):
    def one(_):
        client = TestClient(app)
        client.post("/api/join", json={"code": cohort.code})
        name, answer = start(client)
        for item in answer.json()["quiz"]["items"]:
            given = best_response(BANK[item["id"]])
            assert respond(client, name, item["id"], given).status_code == 200
        return client.post(f"/api/attempts/{name}/submit", json={}).json()["percent"]

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(one, range(16))) == {100.0}
    assert len(list(store.results.attempts(cohort.code))) == 16


def test_what_was_acknowledged_survives_a_kill(tmp_path):
    database = f"sqlite:///{tmp_path / 'r.sqlite3'}"
    code = textwrap.dedent(
        f"""
        import os, signal
        from collabcomm.engine.people import now
        from collabcomm.store import Store
        store = Store({database!r})
        print(store.cohorts.create("Spring", ("m",), now(), None).code, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    store = Store(database)
    assert [c.code for c in store.cohorts.all()] == [done.stdout.strip()]
    store.close()


def test_a_questionnaire_tells_neither_key_nor_score_and_is_exported(app, store, learner, cohort):
    items = COMPILER.quiz("form-a")["items"]
    name = str(uuid4())
    body = {"activity": "form-a", "kind": "quiz", "version": None}
    begun = learner.put(f"/api/attempts/{name}", json=body)
    assert begun.status_code == 201
    assert [x["id"] for x in begun.json()["quiz"]["items"]] == [x["id"] for x in items]
    assert "weights" not in begun.text
    for n, item in enumerate(items):
        given = "some" if item["type"] == "likert" else best_response(item)
        assert respond(learner, name, item["id"], given, n).status_code == 200
    done = learner.post(f"/api/attempts/{name}/submit", json={})
    assert done.json()["result"]["items"] == []
    assert done.json()["result"]["passed"] is None
    again = learner.put(f"/api/attempts/{uuid4()}", json=body)
    assert again.status_code == 409
    rows = table(store, cohort, "attempts")
    assert [(r["activity"], r["passed"], r["percent"]) for r in rows] == [("form-a", "", "100")]
    answers = table(store, cohort, "responses")
    ratings = [r for r in answers if r["type"] == "likert"]
    assert {(r["response"], r["max"]) for r in ratings} == {("some", "0")}
    assert len(answers) == len(items)


@pytest.mark.parametrize("feedback", FEEDBACK)
def test_nothing_that_a_learner_gets_holds_key_or_score_of_a_questionnaire(app, store, feedback):
    client, _ = join_cohort(app, make_cohort(store, feedback=feedback))
    items = COMPILER.quiz("form-a")["items"]
    name, body = str(uuid4()), {"activity": "form-a", "kind": "quiz", "version": None}
    answers = [client.put(f"/api/attempts/{name}", json=body)]
    item = next(item for item in items if item["type"] == "single-choice")
    given = {"response": best_response(item), "at": "", "final": True}
    for seq, response in enumerate((best_response(item), item["options"][0]["id"])):
        sent = {**given, "id": str(uuid4()), "seq": seq, "response": response}
        answer = client.put(f"/api/attempts/{name}/responses/{item['id']}", json=sent)
        assert answer.json() == {"saved": True, "checked": None}  # so it may still change
    answers.append(client.get(f"/api/attempts/{name}"))
    answers.append(client.post(f"/api/attempts/{name}/submit", json={}))
    done = answers[-1].json()["result"]
    assert (done["items"], done["shown"]) == ([], False)
    answers.append(client.get(f"/api/attempts/{name}"))
    answers.append(client.get("/api/attempts?activity=form-a"))
    answers.append(client.get("/api/me/record"))
    for answer in answers:
        assert answer.status_code in (200, 201)
        assert not keys(answer.json()) & {"weights", "feedback", "explanation", "support", "score"}
        rest = {key: value for key, value in answer.json().items() if key != "quiz"}
        for field in ("raw", "max", "percent", "passed", "pass_mark"):
            assert set(values(rest, field)) <= {None}
    (attempt,) = (attempt for _, attempt in store.results.attempts(store.cohorts.all()[0].code))
    assert attempt.max == 4


def values(data, key):
    """Every value that stands under a key, at any depth."""
    parts = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    below = [value for part in parts for value in values(part, key)]
    return [data[key], *below] if isinstance(data, dict) and key in data else below
