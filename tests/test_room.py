"""The trainer's room over HTTP and with a console: no browser needed."""

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

from collabcomm.course.compiler import Compiler
from collabcomm.course.deliver import deliver
from collabcomm.course.loader import load
from collabcomm.engine.order import mixed
from collabcomm.engine.path import play
from collabcomm.engine.people import now
from collabcomm.errors import Conflict
from collabcomm.room import watcher as room_watcher
from collabcomm.room.console import Console
from collabcomm.room.rooms import MAX_CHANGES, Rooms
from collabcomm.room.views import console_view
from collabcomm.room.widget import TrainersRoom
from collabcomm.service.app import create_app
from collabcomm.store import DatabaseUnusable
from collabcomm.texts import catalogue
from folders import REPO, SMALL

COURSE = load(SMALL).course
DELIVERY = deliver(COURSE)
COMPILER = Compiler(COURSE)
SCENARIO = COMPILER.scenario("doorstep")
FIRST = SCENARIO["nodes"][SCENARIO["start"]]
CHOICES = [choice["id"] for choice in FIRST["choices"]]


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
    assert [c["id"] for c in shown["choices"]] == mixed(CHOICES, f"{SCENARIO['start']}:doorstep")
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
    assert {r_["choice"]: (r_["votes"], r_["taken"]) for r_ in rows} == {
        CHOICES[0]: ("2", "no"),
        CHOICES[1]: ("3", "yes"),
        CHOICES[2]: ("0", "no"),
    }
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
    content = store.contents.get

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
