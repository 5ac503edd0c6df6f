"""The course's language decides the texts and the ``lang`` of every surface, not English."""

from __future__ import annotations

import json
import re
import shutil
from types import SimpleNamespace

import pytest
import yaml
from fastapi.testclient import TestClient

from collabcomm import texts
from collabcomm.book import extension
from collabcomm.course.compiler import Compiler
from collabcomm.course.deliver import deliver
from collabcomm.course.loader import load
from collabcomm.desk.widget import Desk
from collabcomm.engine.people import now
from collabcomm.room import state
from collabcomm.room.console import Console
from collabcomm.room.rooms import Rooms
from collabcomm.service.app import create_app
from collabcomm.texts import catalogue
from collabcomm.workshop.voila import gather
from folders import REPO, SMALL


def marked(data):
    """A catalogue with a mark before every text, so that one which stays English shows."""
    if isinstance(data, dict):
        return {key: marked(value) for key, value in data.items()}
    return [marked(part) for part in data] if isinstance(data, list) else f"xx {data}"


@pytest.fixture
def locale(tmp_path, monkeypatch):
    """A folder of catalogues in which there is an ``xx`` beside every English one."""
    folder = tmp_path / "package" / "locale"
    shutil.copytree(REPO / "src/collabcomm/locale", folder)
    for file in folder.glob("*.en.yml"):
        data = marked(yaml.safe_load(file.read_text("utf-8")))
        text = yaml.safe_dump(data, allow_unicode=True)
        file.with_name(file.name.replace(".en.", ".xx.")).write_text(text, "utf-8")
    monkeypatch.setattr(texts, "resources", SimpleNamespace(files=lambda _: folder.parent))
    texts.read_catalogue.cache_clear()
    yield folder
    texts.read_catalogue.cache_clear()


@pytest.fixture(params=["xx", "cy"])
def loaded(tmp_path, locale, request):
    """A course in a language with catalogues, and in one without: those texts are English."""
    root = shutil.copytree(SMALL, tmp_path / "course")
    info = root / "course.yml"
    info.write_text(f"{info.read_text('utf-8')}\nlanguage: {request.param}\n", "utf-8")
    return load(root)


@pytest.fixture
def lang(loaded):
    return loaded.course.info.language


@pytest.fixture
def around(loaded, monkeypatch):
    """The course as notebooks find it."""
    for module in ("room.console", "desk.widget"):
        monkeypatch.setattr(f"collabcomm.{module}.compiler_around", lambda: Compiler(loaded.course))


def expected(name, lang, key):
    text = catalogue(name, lang)[key]
    assert text.startswith("xx ") == (lang == "xx")
    return text


def test_the_pages_of_a_room_speak_the_language_of_the_course(loaded, lang, store, tmp_path):
    scenario = Compiler(loaded.course).scenario("story")
    store.contents.keep(scenario)
    code = state.ROOM_CODE.new()
    version = scenario["version"]
    room = state.Room(code, "", "story", version, "k", now(), state=state.opening("story"))
    Rooms(store.database).create(room)
    client = TestClient(create_app(tmp_path, deliver(loaded.course), store))
    for page in ("", "/screen", "/debrief"):
        body = client.get(f"/room/{code}{page}").text
        assert re.findall(r"<html lang=\"([^\"]*)\"", body) == [lang]
        assert f"<p>{expected('room', lang, 'page.loading')}</p>" in body
        assert expected("room", lang, "page.lost") in body  # among the texts for the script


def test_the_console_speaks_the_language_of_the_course(around, lang, database, store):
    console = Console(database)
    assert console.view["strings"] == catalogue("room", lang)
    console.do({"do": "new", "scenario": "story"})
    assert console.view["phase"] == "scene"
    assert console.view["strings"] == catalogue("room", lang)
    console.do({"do": "enter", "code": "nothing"})
    refused = expected("room", lang, "console.refused").partition("{")[0]
    assert console.view["said"].startswith(refused)
    console.store.close()


def test_a_console_without_its_database_says_so_in_the_language_of_the_course(
    around, lang, tmp_path
):
    console = Console(f"sqlite:///{tmp_path / 'nowhere' / 'r.sqlite3'}")
    assert console.view["said"] == expected("room", lang, "console.lost")


def test_the_desk_speaks_the_language_of_the_course(around, lang):
    assert Desk().sign_in.token.description == expected("desk", lang, "sign_in.label")


def test_the_workshops_speak_the_language_of_the_course(loaded, lang, tmp_path):
    folder = gather(loaded, tmp_path / "workshops")
    (template,) = folder.glob("jupyter/voila/templates/*")
    listed = (template / "tree.html").read_text("utf-8")
    assert f'<html lang="{lang}">' in listed
    assert f"<h1>{expected('workshop', lang, 'list.title')}</h1>" in listed
    assert f"language_code='{lang}'" in (template / "index.html.j2").read_text("utf-8")
    first_view = json.loads((folder / "room.json").read_text("utf-8"))
    assert first_view["strings"] == catalogue("room", lang)


@pytest.mark.parametrize("loaded", ["xx"], indirect=True)
def test_pages_of_the_book_are_written_again_when_their_own_catalogue_changes(
    loaded, locale, tmp_path
):
    versions = set()
    for text in ("xx Begin", "xx Commence"):
        for name in ("book", "player"):
            (locale / f"{name}.xx.yml").write_text(f"begin: {text}\n", "utf-8")
            texts.read_catalogue.cache_clear()
            app = type("App", (), {"srcdir": loaded.root, "doctreedir": tmp_path})()
            config = SimpleNamespace(html_static_path=[], templates_path=[])
            extension._configure(app, config)
            versions.add(config.collabcomm_version)
    assert len(versions) == 4
