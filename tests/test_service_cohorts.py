"""The service as an assessor meets it: cohorts and what they settle, tokens, limits, erasing."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from collabcomm.engine.people import now
from collabcomm.engine.walk import best_response
from collabcomm.errors import NotFound
from collabcomm.store.attempts import MAX_CONFLICTS
from collabcomm.store.backup import backup
from service_steps import BANK, join_cohort, keys, make_cohort, refused, respond, start, table


def test_results_need_an_assessors_token(stranger, store, cohort):
    address = f"/api/cohorts/{cohort.code}/results"
    refused(stranger.get(address), 401)
    refused(stranger.get(address, headers={"authorization": "Bearer forged"}), 401)
    trainer = store.access.create_token("trainer", "T", now())
    refused(stranger.get(address, headers={"authorization": f"Bearer {trainer}"}), 403)
    assessor = store.access.create_token("assessor", "A", now())
    headers = {"authorization": f"Bearer {assessor}"}
    assert stranger.get(address, headers=headers).status_code == 200
    refused(stranger.get("/api/cohorts/AAAA-BBBB/results", headers=headers), 404)


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


def test_a_cohort_opens_when_it_says(app, store):
    client, answer = join_cohort(app, make_cohort(store, opens=now() + timedelta(days=1)))
    assert answer.status_code == 200
    assert "opens on" in refused(start(client)[1], 403)


def test_a_cohorts_pass_mark_and_attempts_hold(app, store):
    client, _ = join_cohort(app, make_cohort(store, pass_mark=0, attempts=1))
    name, _ = start(client)
    done = client.post(f"/api/attempts/{name}/submit", json={}).json()
    assert (done["passed"], done["pass_mark"], done["result"]["pass_mark"]) == (True, 0, 0)
    assert "All 1 attempts" in refused(start(client)[1], 409)


def test_names_are_asked_for_or_made_as_the_cohort_decides(app, store):
    asked = make_cohort(store, names="required")
    assert "name" in refused(join_cohort(app, asked)[1], 422)
    assert join_cohort(app, asked, name="Mair")[1].json()["learner"]["name"] == "Mair"
    made = make_cohort(store, names="pseudonyms")
    name = join_cohort(app, made, name="Mair")[1].json()["learner"]["name"]
    assert re.fullmatch(r"[A-Z][a-z]+ \d{4}", name)


def test_feedback_at_once_comes_with_a_checked_answer_which_then_stays(app, store):
    client, _ = join_cohort(app, make_cohort(store, feedback="at-once"))
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
    cohort = make_cohort(store, feedback="after-closing")
    client, _ = join_cohort(app, cohort)
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


def test_codes_guessed_by_trial_are_stopped_and_a_room_of_learners_is_not(app, cohort):
    client = TestClient(app)
    for _ in range(60):
        assert join_cohort(app, cohort)[1].status_code == 200
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
    assert join_cohort(app, cohort)[1].status_code == 200
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
        client, _ = join_cohort(app, cohort, name="Mair Ellis")
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


def test_what_is_not_taken_is_kept_for_the_assessor(app, store):
    cohort = make_cohort(store)
    client, _ = join_cohort(app, cohort, name="Mair")
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
    client, _ = join_cohort(app, cohort, name="Zebedee Quill")
    other, _ = join_cohort(app, cohort, name="Huw")
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
    cohort = make_cohort(store)
    join_cohort(app, cohort, name="Mair")
    store.cohorts.close(cohort.code, now(), 30)
    assert store.learners.erase_due(now()) == 0
    assert store.learners.erase_due(now() + timedelta(days=31)) == 1
    assert store.learners.of_cohort(cohort.code) == []
    assert store.cohorts.get(cohort.code).name == "Settled"
