"""The trainer's room as a state, over HTTP, and with a console: no browser needed."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from gzip import compress

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings, strategies

from collabcomm.course.compiler import Compiler
from collabcomm.course.deliver import deliver
from collabcomm.course.loader import load
from collabcomm.engine.people import now
from collabcomm.engine.scoring import play
from collabcomm.errors import Conflict
from collabcomm.room import state as r
from collabcomm.room import watcher as room_watcher
from collabcomm.room.console import Console
from collabcomm.room.debrief import debrief, rows
from collabcomm.room.rooms import MAX_CHANGES, Rooms
from collabcomm.room.views import can, console_view, public_view, screen_view
from collabcomm.room.widget import TrainersRoom
from collabcomm.service.app import create_app
from collabcomm.store import DatabaseUnusable
from collabcomm.texts import catalogue
from conftest import METERS, PLAY
from folders import REPO, SMALL

COURSE = load(SMALL).course
DELIVERY = deliver(COURSE)
COMPILER = Compiler(COURSE)
SCENARIO = COMPILER.scenario("doorstep")
FIRST = SCENARIO["nodes"][SCENARIO["start"]]
CHOICES = [choice["id"] for choice in FIRST["choices"]]


def done(state, name, counts=None, **more):
    return r.act(SCENARIO, state, {"do": name, **more}, counts or {}, now())


# --------------------------------------------------------------------------- the state


def test_a_vote_a_talk_a_second_vote_and_a_choice():
    state = done(r.opening(), "open_vote")
    assert (state["phase"], state["ballot"]) == ("vote", 1)
    state = done(state, "close_vote", {CHOICES[0]: 3, CHOICES[1]: 2})
    assert state["ballots"][0]["counts"] == {CHOICES[0]: 3, CHOICES[1]: 2, CHOICES[2]: 0}
    state = done(state, "open_vote")
    room = r.Room("C", "", "s", "v", "k", now(), state=state)
    seen = screen_view(SCENARIO, room, {CHOICES[1]: 1}, 5)
    assert (seen["counts"], seen["before"][CHOICES[0]]) == ({CHOICES[1]: 1}, 3)
    state = done(state, "choose", {CHOICES[1]: 4, CHOICES[0]: 1})
    assert (state["phase"], state["chosen"]) == ("consequence", [CHOICES[1]])
    assert state["log"][-1]["how"] == "majority"
    state = done(done(state, "evidence"), "next")
    assert state["steps"] == [{"node": SCENARIO["start"], "choice": CHOICES[1]}]
    assert state["phase"] == "scene"


def test_a_tie_is_not_decided_by_the_program():
    state = done(r.opening(), "open_vote")
    with pytest.raises(r.RoomRefused, match="No single choice leads"):
        done(state, "choose", {CHOICES[0]: 2, CHOICES[1]: 2})
    state = done(state, "choose", {CHOICES[0]: 2, CHOICES[1]: 2}, choice=CHOICES[1])
    assert state["log"][-1] | {"at": ""} == {
        "at": "",
        "node": SCENARIO["start"],
        "what": "chosen",
        "choice": CHOICES[1],
        "how": "trainer",
    }


def test_two_branches_are_compared_before_one_is_taken():
    state = done(r.opening(), "compare", choices=CHOICES[:2])
    room = r.Room("C", "", "s", "v", "k", now(), state=state)
    shown = public_view(SCENARIO, room)["shown"]
    assert [one["id"] for one in shown] == CHOICES[:2]
    assert all(one["consequence"] and not one["feedback"] for one in shown)
    state = done(state, "choose", choice=CHOICES[0])
    assert state["chosen"] == CHOICES[:1]
    for pair in (CHOICES[:1], [CHOICES[0], CHOICES[0]], ["nothing", CHOICES[0]], "ab"):
        with pytest.raises(r.RoomRefused):
            done(r.opening(), "compare", choices=pair)


def test_stepping_back_jumping_skipping_and_pausing():
    state = done(done(r.opening(), "skip"), "back")
    assert state["steps"] == []
    for name in SCENARIO["nodes"]:
        there = done(r.opening(), "jump", node=name)
        assert play(SCENARIO, there["steps"]).at == name
    with pytest.raises(r.RoomRefused):
        done(r.opening(), "jump", node="nowhere")
    assert done(r.opening(), "pause")["paused"]
    with pytest.raises(r.RoomRefused, match="beginning"):
        done(r.opening(), "back")


def test_a_timer_tells_the_time_and_forces_nothing():
    state = done(r.opening(), "timer", minutes=3)
    assert state["phase"] == "scene"
    assert done(state, "timer", minutes=None)["timer"] is None
    for bad in (0, -1, 1000, "x", True, [1]):
        with pytest.raises(r.RoomRefused):
            done(state, "timer", minutes=bad)


def test_an_ended_room_can_only_be_opened_again():
    state = done(r.opening(), "end")
    with pytest.raises(r.RoomRefused, match="has ended"):
        done(state, "next")
    assert done(state, "reopen")["phase"] == "scene"


def test_unscored_items_never_stop_the_story():
    scene = {"title": "You", "scene": "", "lines": []}
    parts = PLAY["scenarios"]["unscored"]["nodes"]
    rate, write = ({**parts[k], **scene} for k in ("rate", "write"))
    rate["item"], write["item"] = ({**x["item"], "stem": "?"} for x in (rate, write))
    write["goto"] = [{"node": SCENARIO["start"], "when": []}]
    own = {
        **SCENARIO,
        "start": "rate",
        "nodes": {"rate": rate, "write": write, **SCENARIO["nodes"]},
    }

    def does(state, name, counts=None, **more):
        return r.act(own, state, {"do": name, **more}, counts or {}, now())

    def console(state):
        room = r.Room("C", "", "s", "v", "k", now(), state=state)
        return console_view(own, {}, room, {}, 0)

    state = does(does(r.opening(), "open_vote"), "choose", {"often": 2, "never": 1})
    assert console(state)["shown"][0]["support"] is None
    assert {option["support"] for option in console(state)["options"]} == {None}
    room = r.Room("C", "", "s", "v", "k", now(), state=state)
    assert [row[4:7] for row in rows(own, room)[1:]] == [["never", None, 1], ["often", None, 2]]
    state = does(state, "next")
    assert state["steps"] == [{"node": "rate", "response": "often"}]
    assert "next" in console(state)["can"]
    assert r.path_of(own, does(state, "next")).at == SCENARIO["start"]
    assert r.path_of(own, does(r.opening(), "skip")).at == "write"
    for node in SCENARIO["nodes"]:
        assert r.path_of(own, does(r.opening(), "jump", node=node)).at == node


ANYTHING = strategies.fixed_dictionaries(
    {"do": strategies.sampled_from([*r.ACTIONS, "nothing", None, []])},
    optional={
        "choice": strategies.sampled_from([*CHOICES, "x", None, 3]),
        "choices": strategies.lists(strategies.sampled_from([*CHOICES, "x", 3]), max_size=3),
        "node": strategies.sampled_from([*SCENARIO["nodes"], "x", None]),
        "minutes": strategies.sampled_from([1, 0, "x", None]),
    },
)


@settings(deadline=None, max_examples=60)
@given(strategies.lists(ANYTHING, max_size=25))
def test_whatever_is_pressed_the_room_stays_sound(actions):
    state = r.opening()
    for action in actions:
        before = json.dumps(state)
        try:
            state = r.act(SCENARIO, state, action, {CHOICES[0]: 2, CHOICES[1]: 1}, now())
        except r.RoomRefused:
            assert json.dumps(state) == before
        path = play(SCENARIO, state["steps"])
        assert path.used == len(state["steps"])
        assert state["phase"] in r.PHASES
        assert (state["ballot"] is not None) == (state["phase"] == "vote")
        room = r.Room("C", "", "s", "v", "k", now(), state=state)
        console_view(SCENARIO, {}, room, {}, 0)
        for name in can(SCENARIO, state):
            assert name in r.ACTIONS
        json.dumps(debrief(SCENARIO, room, [room]))
        rows(SCENARIO, room)


def test_every_scenario_can_be_steered_from_beginning_to_end():
    for name in COURSE.scenarios:
        scenario = COMPILER.scenario(name)
        state = r.opening()
        while scenario["nodes"][r.path_of(scenario, state).at]["kind"] != "ending":
            what = "skip" if "skip" in can(scenario, state) else "next"
            state = r.act(scenario, state, {"do": what}, {}, now())
        assert len(state["steps"]) == r.path_of(scenario, state).used


def test_phones_and_projector_never_see_what_is_the_trainers():
    scenario = COURSE.scenarios["doorstep"]
    notes = COMPILER.notes(scenario.id)
    secret = [text for told in notes.values() for text in told["prompts"]]
    assert len(secret) == 6
    for node in SCENARIO["nodes"]:
        state = r.act(SCENARIO, r.opening(), {"do": "jump", "node": node}, {}, now())
        room = r.Room("C", "", "s", "v", "k", now(), state=state, notes="MY OWN NOTE")
        for view in (public_view(SCENARIO, room), screen_view(SCENARIO, room, {}, 3)):
            text = json.dumps(view, ensure_ascii=False)
            assert "MY OWN NOTE" not in text
            assert not [one for one in secret if one in text]
            assert '"support"' not in text
        console = json.dumps(console_view(SCENARIO, notes, room, {}, 3), ensure_ascii=False)
        assert "MY OWN NOTE" in console


@pytest.mark.parametrize("case", METERS, ids=lambda case: case["name"])
def test_the_projector_shows_meters_by_the_rule_of_the_book(case):
    low, high = case["meter"]["min"], case["meter"]["max"]
    for value, word in enumerate(case["shown"], start=low):
        meter = {**case["meter"], "id": "trust", "label": "Trust", "start": value}
        room = r.Room("C", "", "s", "v", "k", now(), state=r.opening())
        (shown,) = screen_view({**SCENARIO, "meters": [meter]}, room, {}, 0)["meters"]
        assert shown == {"label": "Trust", "word": word, "n": value - low, "of": high - low}


def test_the_debrief_shows_rounds_splits_and_earlier_groups():
    def group(first):
        state = done(r.opening(), "open_vote")
        state = done(state, "close_vote", {CHOICES[0]: 2, CHOICES[1]: 2, CHOICES[2]: 1})
        state = done(done(state, "choose", choice=first), "next")
        return r.Room("C", "", "doorstep", SCENARIO["version"], "k", now(), state=state)

    found = debrief(SCENARIO, group(CHOICES[0]), [group(CHOICES[1]), group(CHOICES[1])])
    (decision,) = found["decisions"]
    assert decision["split"] == pytest.approx(1 - 2 / 5)
    assert {c["id"]: c["elsewhere"] for c in decision["choices"]}[CHOICES[1]] == 2
    assert (found["groups"], found["most_split"]) == (2, SCENARIO["start"])
    table = rows(SCENARIO, group(CHOICES[0]))
    assert [row[6] for row in table[1:]] == [2, 2, 1]
    assert [row[7] for row in table[1:]] == ["yes", "no", "no"]


# ------------------------------------------------------------------------------- http


@pytest.fixture
def world(store, tmp_path, monkeypatch, database):
    """The service, a trainer's console on the same database, and a room."""
    monkeypatch.setattr(room_watcher, "WAIT", 0.3)
    monkeypatch.setenv("COLLABCOMM_COURSE", str(SMALL))
    monkeypatch.setenv("COLLABCOMM_SITE_URL", "http://10.1.2.3:8000")
    site = tmp_path / "site"
    site.mkdir()
    app = create_app(site, DELIVERY, store)
    console = Console(database)
    console.do({"do": "new", "scenario": "doorstep"})
    assert console.view["phase"] == "scene", console.view
    yield app, console
    console.store.close()


def phone(app, code, **options):
    client = TestClient(app, **options)
    assert client.post(f"/api/rooms/{code}/enter").status_code == 200
    return client


def elsewhere(doing):
    """Do something in a thread that has no event loop; the browser tests leave one in this."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(doing).result()


def cast(client, code, choice, ballot=1):
    return client.post(f"/api/rooms/{code}/votes", json={"ballot": ballot, "choice": choice})


def test_a_room_from_the_address_to_the_table(world):
    app, console = world
    code = console.view["code"]
    assert console.view["links"]["join"] == f"http://10.1.2.3:8000/room/{code}"
    visitor = TestClient(app)
    page = visitor.get(f"/room/{code.lower().replace('-', '')}")
    assert page.status_code == 200
    assert visitor.get(f"/room/{code}/qr.svg").text.startswith("<svg")
    phones = [phone(app, code) for _ in range(5)]
    console.do({"do": "open_vote"})
    shown = phones[0].get(f"/api/rooms/{code}").json()
    assert [c["id"] for c in shown["choices"]] == CHOICES
    for n, client in enumerate(phones):
        assert cast(client, code, CHOICES[n % 2]).json()["counted"] == CHOICES[n % 2]
    assert cast(phones[0], code, CHOICES[1]).status_code == 200  # changed their mind
    console.look()
    assert console.view["counts"] == {CHOICES[0]: 2, CHOICES[1]: 3}
    assert console.view["people"] == 5
    console.do({"do": "close_vote"})
    assert "closed" in cast(phones[0], code, CHOICES[0]).json()["detail"]
    console.do({"do": "choose"})
    key = console.view["links"]["screen"].partition("#")[2]
    assert console.view["shown"][0]["id"] == CHOICES[1]
    console.do({"do": "next"})
    console.do({"do": "end"})
    assert phones[0].get(f"/api/rooms/{code}").json()["phase"] == "ended"
    assert TestClient(app).post(f"/api/rooms/{code}/enter").status_code == 410
    table = visitor.get(f"/api/rooms/{code}/session.csv?screen={key}")
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [(r_["choice"], r_["votes"], r_["taken"]) for r_ in rows][:2] == [
        (CHOICES[0], "2", "no"),
        (CHOICES[1], "3", "yes"),
    ]
    looked = visitor.get(f"/api/rooms/{code}/debrief?screen={key}").json()
    assert looked["decisions"][0]["rounds"] == [{CHOICES[0]: 2, CHOICES[1]: 3, CHOICES[2]: 0}]


def test_the_projectors_view_needs_its_key(world):
    app, console = world
    code = console.view["code"]
    client = TestClient(app)
    for address in (f"/api/rooms/{code}?screen=x", f"/api/rooms/{code}/debrief?screen=x"):
        assert client.get(address).status_code == 404
    assert client.get(f"/api/rooms/{code}/session.csv").status_code == 422


def test_votes_that_cannot_be_are_refused_and_not_counted(world):
    app, console = world
    code = console.view["code"]
    client = phone(app, code)
    assert cast(client, code, CHOICES[0]).status_code == 409  # nothing is open
    console.do({"do": "open_vote"})
    assert cast(TestClient(app), code, CHOICES[0]).status_code == 401  # never came in
    assert cast(client, code, "forged").status_code == 422
    assert cast(client, code, CHOICES[0], ballot=2).status_code == 409
    assert cast(client, "AAA-AAA", CHOICES[0]).status_code == 404
    assert client.post(f"/api/rooms/{code}/votes", json={"ballot": 1}).status_code == 422
    console.look()
    assert console.view["counts"] == {}


def test_a_flood_from_one_device_is_one_vote(world):
    app, console = world
    code = console.view["code"]
    client = phone(app, code)
    console.do({"do": "open_vote"})
    answers = [cast(client, code, CHOICES[n % 2]).status_code for n in range(MAX_CHANGES + 5)]
    assert answers.count(409) == 4
    console.look()
    assert sum(console.view["counts"].values()) == 1


def test_codes_guessed_by_trial_are_stopped_and_the_room_goes_on(world):
    app, console = world
    code = console.view["code"]
    member = phone(app, code)
    console.do({"do": "open_vote"})
    guesser = TestClient(app)
    found = [guesser.get(f"/room/BBB-{n:03}").status_code for n in range(32)]
    assert found == [404] * 30 + [429] * 2
    for address in ("", "/screen", "/debrief", "/qr.svg"):
        assert member.get(f"/room/{code}{address}").status_code == 200
    assert member.get(f"/api/rooms/{code}").json()["phase"] == "vote"
    assert cast(member, code, CHOICES[0]).status_code == 200
    assert cast(phone(app, code), code, CHOICES[0]).status_code == 200  # and the room fills
    assert guesser.get("/api/rooms/BBB-BBB").status_code == 429
    elsewhere = TestClient(app, client=("10.0.0.9", 1))
    assert elsewhere.get("/room/BBB-BBB").status_code == 404


def test_reloading_keeps_the_vote_one(world):
    app, console = world
    code = console.view["code"]
    client = phone(app, code)
    console.do({"do": "open_vote"})
    cast(client, code, CHOICES[0])
    assert client.post(f"/api/rooms/{code}/enter").status_code == 200
    cast(client, code, CHOICES[0])
    console.look()
    assert (console.view["people"], console.view["counts"]) == (1, {CHOICES[0]: 1})


def test_many_phones_at_once_are_each_counted_once(world):
    app, console = world
    code = console.view["code"]
    phones = [phone(app, code) for _ in range(24)]
    console.do({"do": "open_vote"})

    def vote(n):
        for _ in range(2):
            assert cast(phones[n], code, CHOICES[n % 3]).status_code == 200

    threads = [threading.Thread(target=vote, args=(n,)) for n in range(24)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    console.look()
    assert console.view["counts"] == dict.fromkeys(CHOICES, 8)


def test_news_come_as_soon_as_there_are_any(store, tmp_path, world, monkeypatch):
    monkeypatch.setattr(room_watcher, "WAIT", 10)
    _, console = world
    code = console.view["code"]
    content = lambda version: store.contents.get(version)  # noqa: E731

    async def trial():
        watcher = room_watcher.Watcher(Rooms(store.database), content, code)
        first = json.loads(await watcher.view("", False, None))
        asked = asyncio.create_task(watcher.view(first["mark"], False, None))
        await asyncio.sleep(0.3)
        assert not asked.done()
        await asyncio.to_thread(console.do, {"do": "open_vote"})
        news = json.loads(await asyncio.wait_for(asked, 2))
        return first["phase"], news["phase"], watcher

    first, then, watcher = elsewhere(lambda: asyncio.run(trial()))
    assert (first, then) == ("scene", "vote")
    assert watcher.waiting == 0


def _away(_version):
    raise DatabaseUnusable("away")


@pytest.mark.parametrize(("fails", "lines"), [(lambda _: {}, 1), (_away, 0)], ids=["bug", "away"])
def test_phones_are_served_after_looks_that_failed_and_only_mistakes_are_logged(
    store, world, monkeypatch, caplog, fails, lines
):
    monkeypatch.setattr(room_watcher, "WAIT", 10)
    monkeypatch.setattr(room_watcher, "LOOK_EVERY", 0.01)
    _, console = world
    contents = [store.contents.get, fails, fails]

    async def trial():
        def content(version):
            return (contents.pop(0) if contents else store.contents.get)(version)

        watcher = room_watcher.Watcher(Rooms(store.database), content, console.view["code"])
        first = json.loads(await watcher.view("", False, None))
        asked = asyncio.create_task(watcher.view(first["mark"], False, None))
        while not (watcher.waiting and watcher.task):
            await asyncio.sleep(0)
        await asyncio.to_thread(console.do, {"do": "open_vote"})
        return json.loads(await asyncio.wait_for(asked, 5))["phase"]

    assert elsewhere(lambda: asyncio.run(trial())) == "vote"
    assert len([one for one in caplog.records if one.name == "collabcomm.room"]) == lines


def test_the_participants_page_is_small_and_asks_nobody_else(world):
    app, console = world
    client = TestClient(app)
    page = client.get(f"/room/{console.view['code']}")
    names = re.findall(r'(?:src|href)="(/room-files/[^"]+)"', page.text)
    parts = [page.content, *(client.get(name).content for name in names)]
    assert len(names) == 2
    assert sum(len(compress(part)) for part in parts) < 30_000
    assert not re.search(r"https?://", "".join(part.decode() for part in parts))
    script = client.get("/room-files/room.js").text
    assert not re.search(r"=>|\b(const|let|async|await|fetch|class)\b(?!\w)[^-]", _code(script))
    assert client.get("/room-files/room.py").status_code == 404


def _code(script):
    return re.sub(r"/\*.*?\*/|//[^\n]*|\"[^\"]*\"", "", script, flags=re.DOTALL)


def test_every_text_of_the_rooms_pages_is_in_the_catalogue():
    texts = catalogue("room", "en")
    for name in ("room.js", "screen.js", "console.js"):
        source = (REPO / "src/collabcomm/room/static" / name).read_text("utf-8")
        for key in re.findall(r"""\bt\(["`]([\w.]+\w)["`]""", source):
            assert key in texts, (name, key)


# ---------------------------------------------------------------------------- console


def test_a_console_finds_its_room_again_after_a_restart(world, database):
    _, console = world
    console.do({"do": "skip"})
    console.do({"do": "own", "text": "Ask Huw first."})
    code, here = console.view["code"], console.view["at"]
    again = Console(database)
    assert [one["code"] for one in again.view["rooms"]] == [code]
    again.do({"do": "enter", "code": code})
    assert (again.view["at"], again.view["own"]) == (here, "Ask Huw first.")
    again.store.close()


def test_a_console_at_an_ending_holds_its_debrief_and_every_link(world):
    _, console = world
    last = play(SCENARIO, SCENARIO["best"]).at
    console.do({"do": "jump", "node": last})
    assert console.view["debrief"] == SCENARIO["nodes"][last]["debrief"]
    assert set(console.view["links"]) == {"join", "alone", "screen", "debrief", "csv", "qr"}
    room = Rooms(console.store.database).get(console.view["code"])
    shown = console_view(SCENARIO, console.notes, room, {}, 0)
    assert shown.items() <= console.view.items()


class LockThatTells:
    """A lock that tells when somebody has to wait for it."""

    def __init__(self, tell):
        self.lock, self.tell = threading.Lock(), tell

    def __enter__(self):
        if not self.lock.acquire(blocking=False):
            self.tell()
            self.lock.acquire()

    def __exit__(self, *_):
        self.lock.release()


def test_a_look_that_began_before_a_press_does_not_overwrite_what_it_led_to(world, monkeypatch):
    _, console = world
    reading, pressed = threading.Event(), threading.Event()
    console.lock = LockThatTells(pressed.set)
    people, looks = Rooms.people, []

    def slow_the_first_time(rooms, code):
        if not looks:
            looks.append(code)
            reading.set()
            assert pressed.wait(10)  # it is done, or it waits for the look
        return people(rooms, code)

    def press():
        console.do({"do": "open_vote"})
        pressed.set()

    monkeypatch.setattr(Rooms, "people", slow_the_first_time)
    with ThreadPoolExecutor(2) as pool:
        looked = pool.submit(console.look)
        assert reading.wait(10)
        done = pool.submit(press)
        looked.result(10)
        done.result(10)
    assert (console.view["phase"], console.view["said"]) == ("vote", "")


def test_two_windows_on_one_room_do_not_undo_each_other(world, database):
    _, console = world
    other = Console(database)
    other.do({"do": "enter", "code": console.view["code"]})
    console.do({"do": "skip"})
    other.do({"do": "open_vote"})
    assert "moved on in another window" in other.view["said"]
    assert other.view["at"] == console.view["at"]
    assert other.view["phase"] == "scene"
    other.store.close()


def test_another_trainers_room_is_not_shown(world, database, monkeypatch):
    _, console = world
    monkeypatch.setenv("JUPYTERHUB_USER", "tom")
    toms = Console(database)
    assert toms.view["rooms"] == []
    toms.do({"do": "enter", "code": console.view["code"]})
    assert "another trainer's" in toms.view["said"]
    toms.store.close()


def test_a_scenario_edited_meanwhile_goes_on_as_it_was(world, store):
    _, console = world
    room = Rooms(store.database).get(console.view["code"])
    edited = {**SCENARIO, "version": "0" * 16, "title": "Edited"}
    store.contents.keep(edited)
    console.do({"do": "skip"})
    assert console.view["title"] == SCENARIO["title"]
    assert Rooms(store.database).get(room.code).version == SCENARIO["version"]


def test_forged_messages_and_traits_change_nothing(world, store, database):
    app, console = world
    code = console.view["code"]
    client = phone(app, code)
    console.do({"do": "open_vote"})
    cast(client, code, CHOICES[0])
    before = Rooms(store.database).get(code).state
    widget = elsewhere(lambda: TrainersRoom(database=database))
    widget._heard(None, {"do": "enter", "code": code}, None)
    widget.view = {**widget.view, "counts": {CHOICES[1]: 99}, "code": "XXX-XXX", "phase": "ended"}
    forged = ({"do": "vote"}, {"do": "__init__"}, {"do": 7}, {}, {"do": "choose", "choice": 3})
    for message in (*forged, "text"):
        widget._heard(None, message, None)
    widget.console.store.close()
    assert Rooms(store.database).get(code).state == before
    console.do({"do": "close_vote"})
    assert Rooms(store.database).get(code).state["ballots"][0]["counts"][CHOICES[0]] == 1


def test_a_database_that_is_away_is_said(tmp_path):
    console = Console(f"sqlite:///{tmp_path / 'nowhere' / 'r.sqlite3'}")
    assert console.view["said"] == catalogue("room", "en")["console.lost"]


def test_notes_do_not_move_the_room_on_for_a_stale_window(world, store):
    _, console = world
    rooms = Rooms(store.database)
    room = rooms.get(console.view["code"])
    with pytest.raises(Conflict):
        Rooms(store.database).change(
            room.code, room.rev - 1, lambda one, _: replace(one, notes="x")
        )
    assert rooms.get(room.code).notes == ""
    assert rooms.get(room.code).created <= now() + timedelta(seconds=1)
