"""A trainer in Voila, a projector and five phones, through a whole scenario."""

from __future__ import annotations

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from websockets.sync.client import connect

from collabcomm.course.compiler import Compiler
from collabcomm.course.loader import load
from collabcomm.engine.order import choices_in_order
from collabcomm.engine.path import play
from collabcomm.room.rooms import Rooms
from collabcomm.testing import Service, Voila, free_port
from collabcomm.texts import catalogue
from folders import REPO

T = catalogue("room", "en")
SCENARIO = Compiler(load(REPO).course).scenario("im-managing")
_FIRST = SCENARIO["nodes"][SCENARIO["start"]]["choices"]
RESTS_ON = next(c for c in _FIRST if c["id"] == SCENARIO["best"][0]["choice"])["evidence"][0][
    "label"
]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}


class World:
    """A service that can be restarted, and Voila, on one database."""

    def __init__(self, folder):
        self.site = folder / "site"
        self.site.mkdir()
        self.database = f"sqlite:///{folder / 'results.sqlite3'}"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.service = Service(self.site, REPO, self.database, self.port)
        self.voila = Voila(folder / "voila", REPO, database=self.database, site=self.url)

    def restart(self):
        self.service.stop()
        self.service = Service(self.site, REPO, self.database, self.port)

    def stop(self):
        self.voila.stop()
        self.service.stop()


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    one = World(tmp_path_factory.mktemp("room"))
    yield one
    one.stop()


@pytest.fixture
def trainer(world, visitor):
    """The trainer's console in Voila, which refuses its page's last word to the kernel (403)."""
    one = visitor(viewport={"width": 1280, "height": 900})
    tab = one.context.new_page()
    tab.on(
        "console",
        lambda m: m.type == "error" and "403" not in m.text and one.console.append(m.text),
    )
    tab.goto(f"{world.voila.url}/voila/render/trainers-room.ipynb", timeout=60_000)
    tab.get_by_role("button", name=T["console.open"]).wait_for(timeout=60_000)
    return tab


def open_room(tab):
    tab.get_by_label(T["console.choose"], exact=True).select_option("im-managing")
    tab.get_by_role("button", name=T["console.open"]).click()
    tab.locator(".rc-code").wait_for(timeout=60_000)  # the course is being read
    return tab.locator(".rc-code").inner_text()


def press(tab, key):
    tab.get_by_role("button", name=T[f"console.do.{key}"], exact=True).click()


def axe(tab):
    found = Axe().run(tab, options=RULES).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found] == []


def open_phone(visitor, url, code, **options):
    one = visitor(**({"viewport": {"width": 320, "height": 640}} | options))
    page = one.context.new_page()
    page.goto(f"{url}/room/{code}")
    expect(page.get_by_text(T["page.waiting"])).to_be_visible()
    return page


def vote(page, choice):
    page.locator(f"input[value='{choice}']").check()
    expect(page.get_by_role("status")).to_have_text(T["page.change"])


def vote_first(trainer, projector, phones, best, other):
    """The first vote; a phone reloads in the middle of it."""
    press(trainer, "open_vote")
    for n, page in enumerate(phones):
        vote(page, best if n < 2 else other)
    phones[0].reload()
    axe(phones[0])
    assert phones[0].evaluate("document.documentElement.scrollWidth") <= 320
    vote(phones[0], best)
    expect(
        projector.get_by_text(f"{T['screen.open']} · {T['screen.votes'].format(n=5)}")
    ).to_be_visible()
    axe(projector)
    press(trainer, "close_vote")
    expect(phones[4].get_by_text(T["page.talk"])).to_be_visible()


def steer_to_the_end(trainer):
    """Go the best-supported way by the keyboard alone."""
    trainer.locator("h2").first.focus()
    for step in SCENARIO["best"]:
        node = SCENARIO["nodes"][step["node"]]
        expect(trainer.locator("h2").first).to_contain_text(node["title"])
        if node["kind"] != "passage":
            seed = SCENARIO["id"]
            is_decision = node["kind"] == "decision"
            options = (
                choices_in_order(step["node"], node, seed)
                if is_decision
                else node["item"]["options"]
            )
            ids = [option["id"] for option in options]
            trainer.keyboard.press(str(1 + ids.index(step.get("choice") or step["response"])))
            expect(trainer.locator("[data-key='next']")).to_be_visible()
        trainer.keyboard.press("n")


def look_back(trainer, projector, phones):
    """End the room, and look back on a page that can be printed."""
    look = trainer.get_by_role("link", name=T["console.debrief"]).get_attribute("href")
    press(trainer, "end")
    expect(phones[2].get_by_text(T["page.ended"])).to_be_visible()
    projector.goto("about:blank")
    projector.goto(look)
    best = play(SCENARIO, SCENARIO["best"])
    points = T["debrief.points"].format(raw=f"{best.raw:g}", max=f"{best.max:g}")
    expect(projector.get_by_text(points)).to_be_visible()
    expect(projector.get_by_text(T["debrief.skills"])).to_be_visible()
    expect(projector.get_by_text(T["debrief.path"])).to_be_visible()
    expect(projector.locator(".basis a").first).to_have_attribute("href", re.compile("^/book/"))
    axe(projector)
    assert projector.pdf()[:4] == b"%PDF"


def test_five_phones_and_a_projector_steer_a_scenario(world, trainer, visitor):
    code = open_room(trainer)
    assert re.fullmatch(r"[A-Z0-9]{3}-[A-Z0-9]{3}", code)
    axe(trainer)
    phones = [open_phone(visitor, world.url, code) for _ in range(5)]
    projector = visitor(viewport={"width": 1920, "height": 1080}).context.new_page()
    projector.goto(trainer.get_by_role("link", name=T["console.screen"]).get_attribute("href"))
    expect(projector.get_by_text(T["screen.people"].format(n=5))).to_be_visible()
    expect(projector.get_by_role("img", name=T["screen.qr"])).to_be_visible()
    axe(projector)
    ids = [choice["id"] for choice in SCENARIO["nodes"][SCENARIO["start"]]["choices"]]
    best = SCENARIO["best"][0]["choice"]
    other = next(name for name in ids if name != best)

    vote_first(trainer, projector, phones, best, other)

    # The service is restarted while they talk; then they vote again, and the shift shows.
    world.restart()
    press(trainer, "again")
    for page in phones:
        expect(page.locator("input").first).to_be_visible(timeout=30_000)
        vote(page, best)
    shift = projector.locator("li", has_text=re.compile(r"^")).filter(
        has_text=f"5 ({T['screen.again'].format(n=2)})"
    )
    expect(shift).to_be_visible(timeout=30_000)

    # The console is reloaded: a new kernel finds the room where it stands.
    trainer.reload(timeout=60_000)
    trainer.get_by_role("button", name=T["console.go_on"]).click(timeout=60_000)
    press(trainer, "choose")
    expect(phones[1].get_by_text(T["page.consequence"])).to_be_visible()
    press(trainer, "evidence")
    expect(projector.get_by_text(T["support.well"], exact=True)).to_be_visible()
    expect(projector.locator(".basis")).to_contain_text(RESTS_ON)
    expect(phones[1].locator(".basis")).to_contain_text(RESTS_ON)
    axe(phones[1])
    axe(projector)
    press(trainer, "back")
    expect(phones[1].get_by_text(T["page.waiting"])).to_be_visible()

    steer_to_the_end(trainer)
    last = SCENARIO["nodes"][play(SCENARIO, SCENARIO["best"]).at]
    expect(projector.get_by_role("heading", name=last["ending"]["title"])).to_be_visible()
    expect(trainer.get_by_role("heading", name=T["page.debrief_text"])).to_be_visible()
    axe(trainer)
    look_back(trainer, projector, phones)


def test_the_projector_shows_no_notes(world, trainer, visitor):
    open_room(trainer)
    trainer.get_by_label(T["console.own"]).fill("Only mine")
    expect(trainer.get_by_text(T["console.likely"]).first).to_be_visible()
    projector = visitor().context.new_page()
    projector.goto(trainer.get_by_role("link", name=T["console.screen"]).get_attribute("href"))
    expect(projector.get_by_role("heading", level=1)).to_be_visible()
    text = projector.content()
    noted = trainer.locator("details", has_text=T["console.notes"]).first
    notes = noted.locator("li").all_text_contents()
    assert len(notes) > 1
    assert "Only mine" not in text
    assert not [one for one in notes if one in text]


def test_a_phone_that_loses_its_signal_votes_when_it_is_back(world, trainer, visitor):
    code = open_room(trainer)
    page = open_phone(visitor, world.url, code)
    press(trainer, "open_vote")
    choice = page.locator("input").first
    expect(choice).to_be_visible()
    page.context.set_offline(True)
    choice.check()
    expect(page.get_by_role("status")).to_have_text(T["page.lost"])
    page.context.set_offline(False)
    expect(trainer.get_by_text(T["console.people"].format(n=1, votes=1))).to_be_visible(
        timeout=30_000
    )


def test_the_pages_work_with_the_keyboard_and_in_the_dark(world, trainer, visitor):
    code = open_room(trainer)
    page = open_phone(visitor, world.url, code, color_scheme="dark")
    press(trainer, "open_vote")
    expect(page.locator("input").first).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_role("status")).to_have_text(T["page.change"])
    axe(page)


def test_a_browser_cannot_run_code_in_a_kernel(world, trainer, visitor):
    """What a trainer's or anybody's browser sends to the kernel's channel is not executed."""
    code = open_room(trainer)
    kernel = trainer.evaluate("[...performance.getEntriesByType('resource')].map(e => e.name)")
    found = re.search(r"api/kernels/([0-9a-f-]{36})", json.dumps(kernel)) or re.search(
        r'"kernelId":\s*"([0-9a-f-]{36})"', trainer.content()
    )
    assert found
    address = f"{world.voila.url.replace('http', 'ws')}/api/kernels/{found[1]}/channels"
    source = "open('forged.txt', 'w').write('x'); from collabcomm.room.widget import TrainersRoom"
    header = {
        "msg_id": "1",
        "username": "",
        "session": "s",
        "msg_type": "execute_request",
        "version": "5.3",
    }
    content = {"code": source, "silent": False, "store_history": False, "user_expressions": {}}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
    replies = []
    with connect(address, origin=world.voila.url) as socket:
        socket.send(json.dumps({**message, "channel": "shell", "buffers": []}))
        try:
            while True:
                replies.append(str(socket.recv(timeout=3)))
        except TimeoutError:
            pass
    assert not any("execute_reply" in one or "execute_input" in one for one in replies)
    assert Rooms(world.service.store.database).get(code).rev == 0
