"""What the store promises, repository by repository, on both databases: docs/engine/store.md."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from collabcomm.engine.attempt import Attempt
from collabcomm.engine.people import Learner, new_secret, now
from collabcomm.errors import Closed, Conflict, Invalid, NotFound
from collabcomm.room.rooms import MAX_CHANGES, Rooms
from collabcomm.room.state import Room, opening
from collabcomm.store.attempts import Attempts
from store_data import answer, begun

# What a column keeps comes out as it went in


@pytest.mark.parametrize("given", [None, "Ŵyn 🐑", ["b", "a"], {"b": "1", "a": "2"}, ""])
def test_an_answer_comes_back_as_it_was_given(store, given):
    secret, attempt = begun(store)
    response = answer(attempt, given)
    assert store.attempts.keep(secret, response) is None
    assert store.attempts.responses(attempt.id) == [response]


def test_times_of_any_zone_come_back_in_utc(store):
    summer = datetime(2026, 7, 1, 12, 30, 5, 125000, timezone(timedelta(hours=1)))
    cohort = store.cohorts.create("Summer", (), summer, opens=summer)
    found = store.cohorts.get(cohort.code)
    assert (found.created, found.created.tzinfo, found.closes) == (summer, UTC, None)


# Why an answer is not taken


def test_the_same_answer_again_is_harmless_and_another_under_its_id_is_told(store):
    secret, attempt = begun(store)
    response = answer(attempt, "x")
    assert store.attempts.keep(secret, response) is None
    assert store.attempts.keep(secret, replace(response, received=now())) is None
    assert store.attempts.keep(secret, replace(response, response="y")) == "other-content"
    assert store.attempts.responses(attempt.id) == [response]


def test_a_checked_answer_stays(store):
    secret, attempt = begun(store)
    assert store.attempts.keep(secret, answer(attempt, "x", final=True)) is None
    assert store.attempts.keep(secret, answer(attempt, "y", 1)) == "after-checking"
    other = replace(answer(attempt, "y"), item="b")
    assert store.attempts.keep(secret, other) is None


def test_nothing_follows_a_submission_or_a_closing(store):
    secret, attempt = begun(store)
    store.attempts.submit(attempt, lambda _: replace(attempt, submitted=now()))
    assert store.attempts.keep(secret, answer(attempt, "y")) == "after-submission"
    (cohort,) = store.cohorts.all()
    store.cohorts.close(cohort.code, now() - timedelta(minutes=1), None)
    late = answer(attempt, None)
    for _ in range(2):
        assert store.attempts.keep(secret, late) == "after-closing"
    kept = [refused.reason for _, _, refused in store.results.conflicts(cohort.code)]
    assert kept == ["after-submission", "after-closing"]


def test_nobody_answers_for_another(store):
    _, attempt = begun(store)
    secret, own = begun(store)
    assert store.attempts.keep(new_secret(), answer(own, "x")) == "no-session"
    assert store.attempts.keep(secret, answer(attempt, "x")) == "no-attempt"
    unknown = replace(own, id=str(uuid4()))
    assert store.attempts.keep(secret, answer(unknown, "x")) == "no-attempt"
    assert store.attempts.responses(attempt.id) == []


def test_an_unknown_cohort_learner_or_room_is_not_found(store):
    for look in (store.cohorts.get, store.learners.get, Rooms(store.database).get):
        with pytest.raises(NotFound):
            look("nobody")


# Who joins


def test_whoever_joins_is_known_by_the_session_until_they_leave(store):
    cohort = store.cohorts.create("Spring", ("first",), now())
    learner, joined, secret = store.learners.join(cohort.code, "Mair", now())
    assert joined == cohort
    assert store.learners.of_session(secret) == learner
    assert store.learners.member(secret) == (replace(learner, name=None), cohort)
    store.learners.leave(secret)
    assert store.learners.of_session(secret) is store.learners.member(secret) is None
    assert store.learners.of_cohort(cohort.code) == [learner]


def test_a_cohort_decides_who_may_join_and_under_what_name(store):
    closed = store.cohorts.create("Over", (), now(), closes=now())
    with pytest.raises(Closed, match="Over"):
        store.learners.join(closed.code, "Mair", now())
    named = store.cohorts.create("Named", (), now(), names="required")
    with pytest.raises(Invalid, match="asks for your name"):
        store.learners.join(named.code, None, now())
    birds = store.cohorts.create("Birds", (), now(), names="pseudonyms")
    learner, _, _ = store.learners.join(birds.code, "Mair", now())
    assert learner.name not in (None, "Mair")
    assert store.learners.get(learner.id) == learner


def test_a_cohort_stays_closed_since_the_first_time(store):
    cohort = store.cohorts.create("Spring", (), now())
    first, later = now(), now() + timedelta(days=1)
    assert store.cohorts.close(cohort.code, first, None).closes == first
    again = store.cohorts.close(cohort.code, later, 30)
    assert (again.closes, again.erases) == (first, later + timedelta(days=30))
    assert store.learners.erase_due(later) == 0


def test_whoever_is_erased_leaves_nothing_and_is_told_all_before(store):
    secret, attempt = begun(store)
    store.attempts.keep(secret, answer(attempt, ["x"]))
    held = store.learners.everything_of(attempt.learner)
    assert held["learner"]["name"] == "Mair"
    assert [row["response"] for row in held["responses"]] == ['["x"]']
    (cohort,) = store.cohorts.all()
    store.cohorts.close(cohort.code, now(), 0)
    assert store.learners.erase_due(now() + timedelta(days=1)) == 1
    assert store.learners.member(secret) is None
    assert list(store.results.work(cohort.code)) == []
    with pytest.raises(NotFound):
        store.learners.everything_of(attempt.learner)


# An attempt


def test_an_attempt_begins_once_however_many_windows_begin_it(store):
    _, attempt = begun(store)
    store.attempts.submit(attempt, lambda _: replace(attempt, submitted=now()))
    fresh = replace(attempt, id=str(uuid4()), started=now())
    with ThreadPoolExecutor(4) as pool:
        starts = list(pool.map(lambda _: store.attempts.start(fresh, 2), range(4)))
    assert [found for found, _ in starts] == [fresh] * 4
    assert sorted(new for _, new in starts) == [False, False, False, True]
    mine = store.attempts.of_learner(attempt.learner, "graded", "quiz")
    assert [found.id for found in mine] == [attempt.id, fresh.id]
    assert store.attempts.get(fresh.id, attempt.learner) == fresh


@pytest.mark.parametrize("step", ["_start", "_keep"])
def test_who_meets_another_with_the_same_id_looks_again(store, monkeypatch, step):
    """On PostgreSQL both may see nothing and then write; the second finds the first one's row."""
    secret, attempt = begun(store)
    response = answer(attempt, "x")
    store.attempts.keep(secret, response)
    real, meeting = getattr(Attempts, step), [IntegrityError("INSERT", {}, Exception("met"))]

    def meets(*given: object) -> object:
        if meeting:
            raise meeting.pop()
        return real(*given)

    monkeypatch.setattr(Attempts, step, meets)
    assert store.attempts.start(attempt, None) == (attempt, False)
    assert store.attempts.keep(secret, response) is None
    assert meeting == []
    assert store.attempts.responses(attempt.id) == [response]


def test_an_attempt_is_refused_where_another_stands_against_it(store):
    _, attempt = begun(store)
    other = replace(attempt, id=str(uuid4()))
    with pytest.raises(Conflict, match="an attempt open"):
        store.attempts.start(other, None)
    with pytest.raises(Conflict, match="already in use"):
        store.attempts.start(replace(attempt, activity="else"), None)
    store.attempts.submit(attempt, lambda _: replace(attempt, submitted=now()))
    with pytest.raises(Conflict, match="All 1 attempts"):
        store.attempts.start(other, 1)

    def check() -> None:
        raise Closed("The cohort has closed.")

    with pytest.raises(Closed):
        store.attempts.start(other, None, check)
    with pytest.raises(NotFound):
        store.attempts.get(attempt.id, "somebody else")


def test_an_attempt_is_scored_once_with_what_was_given(store):
    secret, attempt = begun(store)
    response = answer(attempt, "x")
    store.attempts.keep(secret, response)
    seen = []

    def score(responses: list) -> Attempt:
        seen.append(responses)
        return replace(attempt, submitted=now(), raw=0.1 + 0.2, max=2.0, passed=False)

    scored = store.attempts.submit(attempt, score)
    assert store.attempts.submit(attempt, score) == scored
    assert seen == [[response]]
    assert store.attempts.work_of(attempt.learner) == [(scored, [response])]
    with pytest.raises(NotFound):
        store.attempts.submit(replace(attempt, id=str(uuid4())), score)


def test_what_a_cohort_did_comes_by_learner_and_then_by_time(store):
    secret, attempt = begun(store)
    (cohort,) = store.cohorts.all()
    later, _, _ = store.learners.join(cohort.code, None, now() + timedelta(seconds=1))
    play = Attempt(
        str(uuid4()), later.id, "story", "scenario", "1" * 16, now(), steps=({"node": "a"},)
    )
    store.attempts.start(play, None)
    responses = [answer(attempt, given, seq) for seq, given in enumerate("xyz")]
    for response in responses:
        assert store.attempts.keep(secret, response) is None
    mair = store.learners.get(attempt.learner)
    assert list(store.results.attempts(cohort.code)) == [(mair, attempt), (later, play)]
    assert list(store.results.work(cohort.code)) == [(mair, attempt, responses), (later, play, [])]
    assert store.results.activities(cohort.code) == [("graded", "quiz"), ("story", "scenario")]
    assert store.results.count(cohort.code) == 2


def test_refused_answers_are_kept_up_to_a_number(store, monkeypatch):
    monkeypatch.setattr("collabcomm.store.attempts.MAX_CONFLICTS", 3)
    secret, attempt = begun(store)
    store.attempts.submit(attempt, lambda _: replace(attempt, submitted=now()))
    for seq in range(5):
        assert store.attempts.keep(secret, answer(attempt, None, seq)) == "after-submission"
    (cohort,) = store.cohorts.all()
    kept = [refused.response.seq for _, _, refused in store.results.conflicts(cohort.code)]
    assert kept == [0, 1, 2]


# Imports, contents, access


def test_an_imported_record_adds_what_is_new_and_nothing_twice(store):
    cohort = store.cohorts.create("Spring", (), now())
    learner = Learner("0" * 22, cohort.code, "Siân")
    attempts = [
        Attempt(str(uuid4()), learner.id, "story", "scenario", "1" * 16, now(), scored_by="import")
        for _ in range(2)
    ]
    work = [(attempt, [answer(attempt, "x")]) for attempt in attempts]
    assert store.records.add(learner, ("a" * 64, "journal", ["1"]), work[:1], now()) == 1
    assert store.records.add(learner, ("a" * 64, "journal", ["1"]), work[:1], now()) == 0
    assert store.records.add(learner, ("b" * 64, "journal", ["1", "2"]), work, now()) == 1
    assert store.learners.of_cohort(cohort.code) == [learner]
    imports = store.records.imports_of("journal")
    assert sorted(imports, key=lambda known: len(known[1])) == [
        (learner, ["1"]),
        (learner, ["1", "2"]),
    ]
    assert sorted(store.attempts.work_of(learner.id), key=str) == sorted(work, key=str)


def test_a_version_of_a_content_never_changes(store):
    content = {"version": "0" * 16, "kind": "quiz", "id": "graded", "title": "Ŵyn"}
    store.contents.keep(content)
    store.contents.keep({**content, "title": "Another"})
    assert store.contents.get("0" * 16) == content
    assert store.contents.get("1" * 16) is None


def test_a_token_is_shown_once_and_can_be_taken_back(store):
    made = now()
    token = store.access.create_token("assessor", "Mrs Prydderch", made)
    assert store.access.tokens() == [("assessor", "Mrs Prydderch", made)]
    assert (store.access.role_of(token), store.access.role_of("another")) == ("assessor", None)
    assert store.access.revoke_tokens("Mrs Prydderch") == 1
    assert store.access.role_of(token) is None


def test_what_happens_often_is_counted_within_its_window_and_then_forgotten(store):
    start, minute = now(), timedelta(minutes=1)
    assert [store.access.add_event("key", start, minute) for _ in range(3)] == [1, 2, 3]
    assert store.access.add_event("other", start, minute) == 1
    assert store.access.events("key", start + minute / 2, minute) == 3
    assert store.access.events("key", start + minute, minute) == 0
    assert store.access.add_event("key", start + minute, minute) == 1


def test_a_shared_value_is_made_by_the_first_that_asks(store):
    with ThreadPoolExecutor(4) as pool:
        values = set(pool.map(lambda _: store.access.setting("salt", new_secret), range(4)))
    assert len(values) == 1
    assert store.access.setting("salt", lambda: "another") in values


# Rooms


@pytest.fixture
def rooms(store):
    rooms = Rooms(store.database)
    state = {**opening("story"), "ballot": 1}
    rooms.create(Room("BCD-FGH", "dr-jones", "story", "0" * 16, "key", now(), state=state))
    return rooms


def test_a_vote_counts_once_a_device_while_its_ballot_is_open(rooms):
    rooms.enter("BCD-FGH", "device", now())
    rooms.enter("BCD-FGH", "device", now())
    assert (rooms.is_in("BCD-FGH", "device"), rooms.is_in("BCD-FGH", "other")) == (True, False)
    for choice in ("ask", "tell"):
        rooms.vote("BCD-FGH", 1, "device", choice, now())
    look = rooms.look("BCD-FGH")
    assert (look.counts, look.people, look.mark) == ({"tell": 1}, 1, "0.2.1")
    with pytest.raises(Conflict, match="closed"):
        rooms.vote("BCD-FGH", 2, "device", "ask", now())
    with pytest.raises(NotFound):
        rooms.vote("NOT-HERE", 1, "device", "ask", now())
    for _ in range(MAX_CHANGES - 1):
        rooms.vote("BCD-FGH", 1, "device", "ask", now())
    with pytest.raises(Conflict, match="very often"):
        rooms.vote("BCD-FGH", 1, "device", "tell", now())
    assert rooms.counts("BCD-FGH", 1)[0] == {"ask": 1}


def test_a_room_changes_with_the_counts_of_its_ballot_and_for_one_window_at_a_time(rooms):
    rooms.vote("BCD-FGH", 1, "device", "ask", now())
    seen = []

    def end(room: Room, counts: dict[str, int]) -> Room:
        seen.append(counts)
        return replace(room, state={**room.state, "ballot": None}, ended=now())

    changed = rooms.change("BCD-FGH", 0, end)
    assert (seen, changed.rev, rooms.get("BCD-FGH")) == ([{"ask": 1}], 1, changed)
    assert rooms.look("BCD-FGH").counts == {}
    with pytest.raises(Conflict, match="moved on"):
        rooms.change("BCD-FGH", 0, end)
    with pytest.raises(NotFound):
        rooms.change("NOT-HERE", 0, end)


def test_rooms_are_found_by_their_trainer_and_once_ended_by_their_scenario(rooms):
    ended = Room(
        "XYZ-QRS", "dr-jones", "story", "0" * 16, "k", now(), state=opening("story"), ended=now()
    )
    rooms.create(ended)
    assert {room.code for room in rooms.of_owner("dr-jones")} == {"BCD-FGH", "XYZ-QRS"}
    assert rooms.of_owner("nobody") == []
    assert rooms.ended("0" * 16, "BCD-FGH") == [ended]
    assert rooms.ended("0" * 16, "XYZ-QRS") == rooms.ended("1" * 16, "") == []
