"""Many trainers for real: PostgreSQL, two service workers, JupyterHub with its proxy, two trainers.

Run by ``make hub``; not part of ``make test``, since the proxy comes from npm.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from collabcomm.course.compiler import Compiler
from collabcomm.course.loader import load
from collabcomm.testing import free_port, wait_for
from collabcomm.texts import catalogue
from hub import PROXY, PYTHON, REPO

pytestmark = pytest.mark.hub
T = catalogue("room", "en")
PASSWORD = "trial"
NOTE = "Ask the quiet table first."
CHOICE = Compiler(load(REPO).course).scenario("im-managing")["best"][0]["choice"]


@pytest.fixture(scope="module")
def town(tmp_path_factory, postgres):
    """The service with two workers on PostgreSQL, and a hub; stopped again."""
    folder = tmp_path_factory.mktemp("hub")
    service, port = free_port(), free_port()
    site = f"http://127.0.0.1:{service}"
    told = {
        **os.environ,
        "COLLABCOMM_DATABASE_URL": postgres.fresh(),
        "COLLABCOMM_SITE_URL": site,
        "COLLABCOMM_COURSE": str(REPO),
        "COLLABCOMM_TRAINERS": "tina tom",
        "COLLABCOMM_HUB_TRIAL_PASSWORD": PASSWORD,
        "PATH": f"{PYTHON.parent}:{PROXY.parent}:{os.environ['PATH']}",
    }
    serve = [sys.executable, "-m", "collabcomm", "serve", "--no-voila", "--workers", "2"]
    serve += ["--course", str(REPO), "--output", str(folder / "built"), "--port", str(service)]
    url = f"http://127.0.0.1:{port}"
    places = {
        "JupyterHub.bind_url": url,
        "JupyterHub.hub_bind_url": f"http://127.0.0.1:{free_port()}",
        "ConfigurableHTTPProxy.api_url": f"http://127.0.0.1:{free_port()}",
    }
    hub = [str(PYTHON), "-m", "jupyterhub", "-f", str(REPO / "deploy/jupyterhub_config.py")]
    hub += [f"--{name}={value}" for name, value in places.items()]
    with (folder / "log.txt").open("w") as log:
        running = [
            subprocess.Popen(words, env=told, cwd=folder, stdout=log, stderr=log)
            for words in (serve, hub)
        ]
        try:
            wait_for(f"{url}/hub/login", 90)
            wait_for(f"{site}/api/health", 120)
            yield url, site
        finally:
            for process in reversed(running):
                process.send_signal(signal.SIGTERM)
            for process in reversed(running):
                process.wait(30)


def log_in(visitor, url, name):
    """Come in as a trainer; return the page of their server, which lists the notebooks."""
    page = visitor().context.new_page()
    page.goto(f"{url}/hub/login")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{url}/user/{name}/**", timeout=90_000)
    return page


def open_room(page):
    page.get_by_role("link", name="Trainers room").wait_for(timeout=30_000)
    assert page.get_by_role("link", name=re.compile("desk", re.I)).count() == 0
    page.get_by_role("link", name="Trainers room").click()
    page.get_by_role("button", name=T["console.open"]).wait_for(timeout=60_000)
    page.get_by_label(T["console.choose"], exact=True).select_option("im-managing")
    page.get_by_role("button", name=T["console.open"]).click()
    page.locator(".rc-code").wait_for(timeout=30_000)
    return page.locator(".rc-code").inner_text()


def status(page, address):
    """What a logged-in browser gets when it asks for an address itself."""
    return page.request.get(address, max_redirects=0).status


def note(page):
    return page.get_by_label(T["console.own"], exact=True)


def vote(phone, choice):
    phone.locator(f"input[value='{choice}']").check()
    expect(phone.get_by_role("status")).to_have_text(T["page.change"])


def test_two_trainers_run_a_room_each_and_see_nothing_of_the_others(town, visitor):
    url, site = town
    tina, tom = log_in(visitor, url, "tina"), log_in(visitor, url, "tom")
    hers, his = open_room(tina), open_room(tom)
    assert hers != his

    # Phones vote through two workers; each trainer's console counts its own room.
    note(tina).fill(NOTE)
    for page in (tina, tom):
        page.get_by_role("button", name=T["console.do.open_vote"], exact=True).click()
    for code, number in ((hers, 3), (his, 1)):
        for _ in range(number):
            phone = visitor(viewport={"width": 320, "height": 640}).context.new_page()
            phone.goto(f"{site}/room/{code}")
            vote(phone, CHOICE)
    for page, number in ((tina, 3), (tom, 1)):
        expect(page.get_by_text(T["console.people"].format(n=number, votes=number))).to_be_visible()

    # Her console comes back after a reload, that is in a new kernel, with her note; his has none.
    for page, code, text in ((tina, hers, NOTE), (tom, his, "")):
        page.reload()
        expect(page.locator("#room-again option")).to_have_count(1, timeout=60_000)
        expect(page.locator("#room-again option")).to_contain_text(code)
        page.get_by_role("button", name=T["console.go_on"]).click()
        expect(note(page)).to_have_value(text, timeout=30_000)
    assert NOTE not in tom.content()

    # Neither gets to the other's server, nobody to anything but the notebooks.
    for page, own, other in ((tina, "tina", "tom"), (tom, "tom", "tina")):
        assert status(page, f"{url}/user/{own}/voila/render/trainers-room.ipynb") == 200
        assert status(page, f"{url}/user/{other}/voila/render/trainers-room.ipynb") in (302, 403)
        assert page.goto(f"{url}/user/{other}/").status == 403
        for place in ("lab", "tree", "api/kernels", "api/contents", "terminals/1", "notebooks/x"):
            assert status(page, f"{url}/user/{own}/{place}") in (403, 404), place
    stranger = visitor().context.new_page()
    stranger.goto(f"{url}/user/tina/")
    expect(stranger.get_by_label("Password")).to_be_visible()


def test_a_room_outlives_the_trainers_server(town, visitor):
    url, _ = town
    page = log_in(visitor, url, "tina")
    code = open_room(page)
    page.goto(f"{url}/hub/home")
    page.locator("#stop").click(timeout=15_000)
    expect(page.locator("#start")).to_have_text(re.compile("Start"), timeout=30_000)
    page.goto(f"{url}/hub/spawn")
    page.wait_for_url(f"{url}/user/tina/**", timeout=90_000)
    page.get_by_role("link", name="Trainers room").click(timeout=30_000)
    again = page.get_by_label(T["console.reopen"], exact=True)
    again.select_option(code, timeout=60_000)
    page.get_by_role("button", name=T["console.go_on"]).click()
    expect(page.locator(".rc-code")).to_have_text(code)


def test_a_stranger_who_is_no_trainer_is_turned_away(town, visitor):
    url, _ = town
    page = visitor().context.new_page()
    page.goto(f"{url}/hub/login")
    page.get_by_label("Username").fill("mallory")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Password")).to_be_visible()
    assert page.goto(f"{url}/hub/home").url.startswith(f"{url}/hub/login")
