"""The service as a hostile visitor, a clumsy one, and an assessor meet it."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import signal
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from collabcomm.course.compiler import Compiler
from collabcomm.course.deliver import deliver
from collabcomm.course.loader import load
from collabcomm.engine.people import FEEDBACK, now
from collabcomm.engine.replay import best_response
from collabcomm.errors import NotFound
from collabcomm.results.export import Options, export
from collabcomm.service.app import create_app
from collabcomm.store import Store
from collabcomm.store.attempts import MAX_CONFLICTS
from collabcomm.store.backup import backup
from folders import SMALL

COURSE = load(SMALL).course
DELIVERY = deliver(COURSE)
COMPILER = Compiler(COURSE)
BANK = {item["id"]: item for item in COMPILER.quiz("bank")["items"]}
BODY = {"activity": "bank", "kind": "quiz", "version": None}


@pytest.fixture
def app(store, tmp_path):
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("<!DOCTYPE html><title>Home</title>")
    return create_app(site, DELIVERY, store)


@pytest.fixture
def cohort(store):
    return store.cohorts.create("Spring", ("visiting",), now(), None)


@pytest.fixture
def visitor(app):
    return TestClient(app)


@pytest.fixture
def learner(app, cohort):
    client = TestClient(app)
    assert client.post("/api/join", json={"code": cohort.code, "name": "Mair"}).status_code == 200
    return client


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


# ------------------------------------------------------------------------- joining


def test_a_code_may_be_typed_carelessly(visitor, cohort):
    typed = f" {cohort.code.lower().replace('-', ' ')} "
    answer = visitor.post("/api/join", json={"code": typed, "name": " Mair\n Ellis "})
    assert answer.json()["learner"]["name"] == "Mair Ellis"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_joining_again_keeps_the_learner(learner, cohort):
    first = learner.get("/api/me").json()
    assert learner.post("/api/join", json={"code": cohort.code}).json() == first


def test_unknown_and_expired_codes_are_refused(visitor, store):
    refused(visitor.post("/api/join", json={"code": "AAAA-BBBB"}), 404)
    past = store.cohorts.create("Old", ("visiting",), now(), now() - timedelta(days=1))
    refused(visitor.post("/api/join", json={"code": past.code}), 410)


def test_secrets_are_not_in_the_database(learner, store, tmp_path):
    token = store.access.create_token("assessor", "A", now())
    backup(store, tmp_path / "all")
    held = gzip.decompress((tmp_path / "all").read_bytes()).decode()
    assert "Mair" in held
    assert learner.cookies["collabcomm"] not in held
    assert token not in held


def test_nobody_is_no_error_and_forged_cookies_are_nobody(visitor):
    assert visitor.get("/api/me").json() == {"learner": None}
    visitor.cookies.set("collabcomm", "forged")
    assert visitor.get("/api/me").json() == {"learner": None}
    refused(start(visitor)[1], 401)


def test_leaving_ends_the_session(learner):
    assert learner.post("/api/leave").json() == {"learner": None}
    refused(learner.get("/api/attempts?activity=bank"), 401)


# ------------------------------------------------------------------------- attempts


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


# ------------------------------------------------------------------------ bad input


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


def test_every_answer_has_the_security_headers(visitor):
    for address in ("/", "/api/me", "/api/nothing", "/missing.html", "/host.json"):
        headers = visitor.get(address).headers
        assert "script-src" in headers["content-security-policy"] or (
            "default-src 'self'" in headers["content-security-policy"]
        )
        assert headers["x-content-type-options"] == "nosniff"
    assert visitor.get("/host.json").json() == {"service": "api"}


# -------------------------------------------------------------------------- results


def test_results_need_an_assessors_token(visitor, store, cohort):
    address = f"/api/cohorts/{cohort.code}/results"
    refused(visitor.get(address), 401)
    refused(visitor.get(address, headers={"authorization": "Bearer forged"}), 401)
    trainer = store.access.create_token("trainer", "T", now())
    refused(visitor.get(address, headers={"authorization": f"Bearer {trainer}"}), 403)
    assessor = store.access.create_token("assessor", "A", now())
    headers = {"authorization": f"Bearer {assessor}"}
    assert visitor.get(address, headers=headers).status_code == 200
    refused(visitor.get("/api/cohorts/AAAA-BBBB/results", headers=headers), 404)


def test_export_has_a_row_an_attempt_and_no_formula(app, store, cohort):
    client = TestClient(app)
    client.post("/api/join", json={"code": cohort.code, "name": "=HYPERLINK(1)"})
    name, answer = start(client)
    item = answer.json()["quiz"]["items"][0]
    respond(client, name, item["id"], best_response(BANK[item["id"]]))
    client.post(f"/api/attempts/{name}/submit", json={})
    start(client)
    token = store.access.create_token("assessor", "A", now())
    headers = {"authorization": f"Bearer {token}"}
    address = f"/api/cohorts/{cohort.code}/results"
    rows = list(csv.DictReader(io.StringIO(client.get(address, headers=headers).text)))
    assert [(r["status"], r["number"], r["raw"]) for r in rows] == [
        ("submitted", "1", "1"),
        ("open", "2", ""),
    ]
    assert rows[0]["name"] == "'=HYPERLINK(1)"
    text = client.get(address + "?rows=responses", headers=headers).text
    given = list(csv.DictReader(io.StringIO(text)))
    assert len(given) == 12
    assert sum(float(r["raw"] or 0) for r in given) == 1


# ---------------------------------------------------------------- nothing is ever lost


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
    client, _ = join(app, make(store, feedback=feedback))
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


# ------------------------------------------------------------------ what cohorts settle


def join(app, cohort, **body):
    client = TestClient(app)
    answer = client.post("/api/join", json={"code": cohort.code, **body})
    return client, answer


def make(store, **settings):
    return store.cohorts.create("Settled", ("visiting",), now(), **settings)


def test_a_cohort_opens_when_it_says(app, store):
    client, answer = join(app, make(store, opens=now() + timedelta(days=1)))
    assert answer.status_code == 200
    assert "opens on" in refused(start(client)[1], 403)


def test_a_cohorts_pass_mark_and_attempts_hold(app, store):
    client, _ = join(app, make(store, pass_mark=0, attempts=1))
    name, _ = start(client)
    done = client.post(f"/api/attempts/{name}/submit", json={}).json()
    assert (done["passed"], done["pass_mark"], done["result"]["pass_mark"]) == (True, 0, 0)
    assert "All 1 attempts" in refused(start(client)[1], 409)


def test_names_are_asked_for_or_made_as_the_cohort_decides(app, store):
    asked = make(store, names="required")
    assert "name" in refused(join(app, asked)[1], 422)
    assert join(app, asked, name="Mair")[1].json()["learner"]["name"] == "Mair"
    made = make(store, names="pseudonyms")
    name = join(app, made, name="Mair")[1].json()["learner"]["name"]
    assert re.fullmatch(r"[A-Z][a-z]+ \d{4}", name)


def test_feedback_at_once_comes_with_a_checked_answer_which_then_stays(app, store):
    client, _ = join(app, make(store, feedback="at-once"))
    name, answer = start(client)
    item = next(i for i in answer.json()["quiz"]["items"] if i["type"] == "single-choice")
    body = {"id": str(uuid4()), "seq": 1, "response": item["options"][0]["id"], "at": ""}
    address = f"/api/attempts/{name}/responses/{item['id']}"
    assert client.put(address, json=body).json()["checked"] is None
    final = {**body, "id": str(uuid4()), "seq": 2, "final": True}
    checked = client.put(address, json=final).json()["checked"]
    assert {"weights", "options"} <= set(checked)
    assert client.put(address, json=final).json()["checked"] == checked
    other = {**body, "id": str(uuid4()), "seq": 3, "response": item["options"][1]["id"]}
    assert "was checked" in refused(client.put(address, json=other), 409)
    again = client.get(f"/api/attempts/{name}").json()
    assert again["responses"] == {item["id"]: body["response"]}
    assert [one["id"] for one in again["checked"]] == [item["id"]]
    assert not keys(again["quiz"]) & {"weights", "feedback", "support"}


def test_nothing_is_checked_where_feedback_comes_later(learner):
    name, answer = start(learner)
    item = answer.json()["quiz"]["items"][0]["id"]
    body = {"id": str(uuid4()), "seq": 1, "response": None, "at": "", "final": True}
    assert (
        learner.put(f"/api/attempts/{name}/responses/{item}", json=body).json()["checked"] is None
    )
    assert respond(learner, name, item, None, 2).status_code == 200


def test_feedback_after_closing_waits_for_it(app, store):
    cohort = make(store, feedback="after-closing")
    client, _ = join(app, cohort)
    name, _ = start(client)
    done = client.post(f"/api/attempts/{name}/submit", json={}).json()["result"]
    assert (done["shown"], done["items"]) == (False, [])
    assert done["percent"] == 0
    store.cohorts.close(cohort.code, now(), None)
    later = client.get(f"/api/attempts/{name}").json()["result"]
    assert later["shown"]
    assert len(later["items"]) == 6


def test_a_join_link_leads_to_the_quiz_with_the_code(app, cohort):
    answer = TestClient(app).get(f"/join/{cohort.code.lower()}", follow_redirects=False)
    assert answer.headers["location"] == f"/modules/visiting/quiz.html#join={cohort.code}"
    refused(TestClient(app).get("/join/AAAA-BBBB"), 404)


# -------------------------------------------------------------- limits, tokens, the log


def test_codes_guessed_by_trial_are_stopped_and_a_room_of_learners_is_not(app, cohort):
    client = TestClient(app)
    for _ in range(60):
        assert join(app, cohort)[1].status_code == 200
    statuses = [client.post("/api/join", json={"code": f"AAAA-{n}"}).status_code for n in range(32)]
    assert statuses == [404] * 30 + [429] * 2
    answer = client.post("/api/join", json={"code": "AAAA-BBBB"})
    assert "Wait 10 minutes" in refused(answer, 429)
    assert answer.headers["retry-after"] == "600"
    refused(client.get("/join/AAAA-BBBB", follow_redirects=False), 429)
    elsewhere = TestClient(app, client=("10.0.0.7", 5000))
    refused(elsewhere.post("/api/join", json={"code": "AAAA-BBBB"}), 404)


def test_others_wrong_codes_keep_nobody_out_and_are_logged_once(app, cohort, caplog):
    others = TestClient(app)
    for n in range(35):
        others.post("/api/join", json={"code": f"AAAA-{n}"})
    assert join(app, cohort)[1].status_code == 200
    assert others.get(f"/join/{cohort.code}", follow_redirects=False).status_code == 303
    warned = [one.getMessage() for one in caplog.records if one.name == "collabcomm.limits"]
    assert warned == ["One address reached the limit of 30 in 600 s: code"]


def test_others_wrong_tokens_keep_no_right_one_out(app, store):
    client = TestClient(app)
    right = {"authorization": f"Bearer {store.access.create_token('admin', 'Ann', now())}"}
    wrong = {"authorization": "Bearer nothing"}
    statuses = [client.get("/api/cohorts", headers=wrong).status_code for _ in range(12)]
    assert statuses == [401] * 10 + [429] * 2
    assert client.get("/api/cohorts", headers=right).status_code == 200


def test_wrong_tokens_are_stopped_and_taken_back_ones_do_not_work(app, store, cohort):
    client = TestClient(app)
    token = store.access.create_token("admin", "Ann", now())
    headers = {"authorization": f"Bearer {token}"}
    assert client.get("/api/cohorts", headers=headers).json()["cohorts"][0]["code"] == cohort.code
    made = client.post("/api/cohorts", headers=headers, json={"name": "New", "attempts": 2})
    assert made.status_code == 201
    assert made.json()["attempts"] == 2
    wrong = client.post(
        "/api/cohorts", headers=headers, json={"name": "New", "modules": ["visitng"]}
    )
    assert "Did you mean 'visiting'?" in refused(wrong, 422)
    assert [(role, name) for role, name, _ in store.access.tokens()] == [("admin", "Ann")]
    assert store.access.revoke_tokens("Ann") == 1
    statuses = [client.get("/api/cohorts", headers=headers).status_code for _ in range(12)]
    assert statuses == [401] * 10 + [429] * 2


def test_the_log_names_no_person(app, cohort, caplog):
    with caplog.at_level("INFO", logger="collabcomm.access"):
        client, _ = join(app, cohort, name="Mair Ellis")
        name, answer = start(client)
        respond(client, name, answer.json()["quiz"]["items"][0]["id"], None)
    lines = [json.loads(r.getMessage()) for r in caplog.records if r.name == "collabcomm.access"]
    assert [one["route"] for one in lines] == [
        "/api/join",
        "/api/attempts/{attempt_id}",
        "/api/attempts/{attempt_id}/responses/{item_id}",
    ]
    assert all(set(one) == {"time", "method", "route", "status", "ms"} for one in lines)
    for secret in ("Mair", cohort.code, name, "testclient"):
        assert secret not in caplog.text


# ---------------------------------------------------- conflicts, keeping and erasing


def test_what_is_not_taken_is_kept_for_the_assessor(app, store):
    cohort = make(store)
    client, _ = join(app, cohort, name="Mair")
    name, answer = start(client)
    item = next(i for i in answer.json()["quiz"]["items"] if i["type"] == "single-choice")
    first, second = (option["id"] for option in item["options"][:2])
    one = str(uuid4())
    respond(client, name, item["id"], first, 1, one)
    for _ in range(3):  # the same refusal is kept once
        detail = refused(respond(client, name, item["id"], second, 1, one), 409)
    assert "kept for the assessor" in detail
    late, later = str(uuid4()), str(uuid4())
    store.cohorts.close(cohort.code, now(), None)
    refused(respond(client, name, item["id"], second, 3, later), 410)
    refused(respond(client, name, item["id"], first, 1, one), 410)  # a repeat: nothing new
    rows = table(store, cohort, "conflicts")
    assert [(r["reason"], r["response"], r["name"]) for r in rows] == [
        ("other-content", second, "Mair"),
        ("after-closing", second, "Mair"),
    ]
    assert late not in str(rows)
    assert [r["kept_apart"] for r in table(store, cohort, "attempts")] == ["2"]


def test_a_flood_of_refused_answers_does_not_fill_the_disk(learner, store, cohort):
    name, answer = start(learner)
    item = answer.json()["quiz"]["items"][0]["id"]
    learner.post(f"/api/attempts/{name}/submit", json={})
    for n in range(MAX_CONFLICTS + 5):
        assert respond(learner, name, item, None, n).status_code == 409
    assert len(list(store.results.conflicts(cohort.code))) == MAX_CONFLICTS


def test_a_learner_gets_what_is_held_and_is_erased_without_a_trace(app, store, cohort, tmp_path):
    client, _ = join(app, cohort, name="Zebedee Quill")
    other, _ = join(app, cohort, name="Huw")
    name, answer = start(client)
    item = answer.json()["quiz"]["items"][0]["id"]
    respond(client, name, item, None, 1)
    client.post(f"/api/attempts/{name}/submit", json={})
    respond(client, name, item, None, 2)
    mine = next(x for x in store.learners.of_cohort(cohort.code) if x.name == "Zebedee Quill")
    held = store.learners.everything_of(mine.id)
    assert held["learner"]["name"] == "Zebedee Quill"
    assert [len(held[part]) for part in ("attempts", "responses", "conflicts")] == [1, 1, 1]
    store.learners.erase(mine.id)
    assert [x.name for x in store.learners.of_cohort(cohort.code)] == ["Huw"]
    backup(store, tmp_path / "all")
    left = gzip.decompress((tmp_path / "all").read_bytes()).decode()
    for trace in ("Zebedee", mine.id, name):
        assert trace not in left
    assert client.get("/api/me").json() == {"learner": None}
    assert other.get("/api/me").json()["learner"]["name"] == "Huw"
    with pytest.raises(NotFound):
        store.learners.erase(mine.id)


def test_a_cohorts_learners_are_erased_when_their_time_is_over(app, store):
    cohort = make(store)
    join(app, cohort, name="Mair")
    store.cohorts.close(cohort.code, now(), 30)
    assert store.learners.erase_due(now()) == 0
    assert store.learners.erase_due(now() + timedelta(days=31)) == 1
    assert store.learners.of_cohort(cohort.code) == []
    assert store.cohorts.get(cohort.code).name == "Settled"
