"""Every kind of page of the built book, as a browser and as a search engine's robot see it."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from collabcomm.course.compiler import Compiler
from collabcomm.course.loader import load
from collabcomm.engine.people import now
from collabcomm.testing import run_command
from collabcomm.texts import catalogue
from folders import REPO

COURSE = load(REPO).course
T = catalogue("player", "en")
PAGES = {
    "home": "book/index.html",
    "module": "modules/human-behaviour/index.html",
    "lesson": "modules/human-behaviour/stress-and-trauma.html",
    "scenario": "scenarios/im-managing.html",
    "graded quiz": "modules/human-behaviour/quiz.html",
    "evidence": "book/barriers.html",
    "evidence map": "book/evidence-map.html",
    "questionnaire": "book/questionnaire-a.html",
    "authors' guide": "book/guide-authors.html",
    "references": "book/references.html",
    "guide": "book/guide-trainers.html",
    "glossary": "book/glossary.html",
    "search": "search.html?q=trust",
}


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(service, visitor, colours, width):
    guest = visitor(color_scheme=colours, viewport={"width": width, "height": 800})
    for kind, page in PAGES.items():
        tab = guest.open(f"{service.url}/{page}")
        tab.wait_for_load_state("networkidle")
        found = Axe().run(tab)
        assert found.violations_count == 0, f"{kind}: {found.generate_report()}"
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, kind
        tab.close()


class _Resources(HTMLParser):
    """The addresses that a page loads by itself, and whether it has inline scripts or styles."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag in ("script", "img", "iframe", "source", "video", "audio", "embed"):
            self.loaded.append(values.get("src") or "")
        if tag == "link":
            self.loaded.append(values.get("href") or "")
        if tag == "style" or "style" in values or any(k.startswith("on") for k in values):
            self.inline.append(self.get_starttag_text())
        if tag == "script" and "src" not in values and values.get("type") != "application/json":
            self.inline.append(self.get_starttag_text())


@pytest.mark.parametrize(
    ("page", "scripts"),
    [
        ("book/index", {"book.js"}),
        ("modules/human-behaviour/stress-and-trauma", {"book.js", "player.js"}),
        ("scenarios/im-managing", {"book.js", "player.js", "scenario.js"}),
    ],
)
def test_page_loads_the_scripts_that_it_uses(built, page, scripts):
    loads = _Resources()
    loads.feed((built / f"{page}.html").read_text("utf-8"))
    names = {address.split("/")[-1].split("?")[0] for address in loads.loaded}
    assert {n for n in names if n.endswith(".js")} - {"theme.js"} == scripts


def test_no_page_loads_from_elsewhere_or_has_inline_scripts_and_styles(built):
    for path in built.rglob("*.html"):
        if path == built / "index.html":
            continue  # Jupyter Book's redirect to the home page
        page = _Resources()
        page.feed(path.read_text("utf-8"))
        assert not [u for u in page.loaded if re.match(r"(https?:)?//", u)], path
        assert page.inline == [], path
    for path in (built / "_static").glob("*.css"):
        if path.name in ("colours.css", "course.css", "player.css"):
            assert not re.search(r"https?://|@import", path.read_text("utf-8")), path


def test_nothing_of_the_graded_key_is_in_the_site(built):
    bank = COURSE.quizzes["human-behaviour"]
    secrets = [o.feedback for i in bank.items for o in getattr(i, "options", ()) if o.feedback]
    words = [" ".join(text.split()) for text in secrets]
    for path in [*built.rglob("*.html"), *built.rglob("*.js*")]:
        text = " ".join(path.read_text("utf-8").split())
        assert not [w for w in words if w in text], path


def test_every_lesson_and_scenario_reads_without_javascript(service, visitor):
    tab = visitor(java_script_enabled=False).open(f"{service.url}/{PAGES['lesson']}")
    first = COURSE.quizzes["stress-and-trauma"].items[0]
    expect(tab.get_by_text(first.options[0].text)).not_to_have_count(0)
    tab.goto(f"{service.url}/{PAGES['scenario']}")
    scenario = COURSE.scenarios["im-managing"]
    texts = tab.locator("course-scenario").inner_text()
    for node in scenario.nodes.values():
        title = node.ending.title if node.ending else node.title
        assert not title or title.replace("'", "’") in texts.replace("'", "’")


def test_first_view_of_a_lesson_takes_at_most_12_requests(service, visitor):
    guest = visitor()
    tab = guest.context.new_page()
    seen: list[str] = []
    tab.on("request", lambda request: seen.append(request.url))
    tab.goto(f"{service.url}/{PAGES['lesson']}")
    tab.wait_for_load_state("networkidle")
    assert len(seen) <= 12, seen


def test_colours_are_a_choice_that_stays(service, visitor):
    tab = visitor(color_scheme="light").open(f"{service.url}/{PAGES['home']}")
    tab.get_by_label("Colours").select_option("dark")
    paper = tab.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    tab.reload()
    assert tab.evaluate("getComputedStyle(document.documentElement).backgroundColor") == paper
    assert tab.evaluate("document.documentElement.dataset.theme") == "dark"


def test_progress_shows_at_home_and_can_be_cleared(service, visitor):
    told = f"1 of {len(COURSE.modules['human-behaviour'].lessons)} lessons done"
    guest = visitor()
    tab = guest.open(f"{service.url}/{PAGES['lesson']}")
    tab.get_by_role("button", name="Mark this lesson as done").click()
    tab.goto(f"{service.url}/{PAGES['home']}")
    expect(tab.get_by_text(told)).to_be_visible()
    expect(tab.get_by_role("link", name="Go on: Motivation")).to_be_visible()
    tab.get_by_text("Clear my progress on this device").click()
    tab.get_by_role("button", name="Clear it").click()
    expect(tab.get_by_text(told)).not_to_be_visible()


def test_search_finds_a_question(service, visitor):
    tab = visitor().open(f"{service.url}/{PAGES['search']}")
    expect(tab.locator("#search-results a").first).to_be_visible()


def test_every_page_is_linked_and_every_link_leads_somewhere(built):
    anchors: dict[str, set[str]] = {}
    links: list[tuple[str, str, str]] = []
    for path in built.rglob("*.html"):
        name = path.relative_to(built).as_posix()
        text = path.read_text("utf-8")
        anchors[name] = set(re.findall(r'\bid="([^"]+)"', text))
        for href in re.findall(r'<a\b[^>]*\bhref="([^"]+)"', text):
            if not re.match(r"[a-z]+:", href):
                target, _, anchor = href.partition("#")
                goal = (path.parent / target).resolve() if target else path
                links.append((name, goal.relative_to(built.resolve()).as_posix(), anchor))
    for page, goal, anchor in links:
        assert goal in anchors, f"{page} links to {goal}"
        assert not anchor or anchor in anchors[goal], f"{page} links to {goal}#{anchor}"


def test_evidence_of_every_activity_leads_to_a_place_in_the_book(built):
    compiler = Compiler(COURSE)
    quizzes = [compiler.quiz(name) for name in COURSE.quizzes]
    stories = [compiler.scenario(name) for name in COURSE.scenarios]
    hrefs = set(re.findall(r'"href": "([^"]+)"', json.dumps([quizzes, stories])))
    for href in hrefs:
        page, _, anchor = href.partition("#")
        text = (built / page).read_text("utf-8")
        assert not anchor or f'id="{anchor}"' in text, href


def test_an_edited_question_is_on_the_page_after_the_next_build(tmp_path):
    import shutil

    for name in ("course.yml", "_config.yml", "_toc.yml"):
        shutil.copy(REPO / name, tmp_path)
    for name in ("book", "modules", "quizzes", "scenarios"):
        shutil.copytree(REPO / name, tmp_path / name)
    page = tmp_path / "_build/html/modules/human-behaviour/stress-and-trauma.html"
    assert run_command("build", cwd=tmp_path).returncode == 0
    quiz = tmp_path / "quizzes/stress-and-trauma.yml"
    quiz.write_text(quiz.read_text("utf-8").replace("Aled puts it", "Gethin puts it"), "utf-8")
    assert run_command("build", cwd=tmp_path).returncode == 0
    assert "Gethin puts it" in page.read_text("utf-8")


def test_the_evidence_map_shows_statements_on_hover_and_focus(service, visitor):
    guest = visitor(viewport={"width": 1280, "height": 900})
    tab = guest.open(f"{service.url}/{PAGES['evidence map']}")
    rows = tab.locator(".evidence-map tbody tr")
    assert rows.count() == len(COURSE.claims)
    first = rows.first
    statement = first.locator(".map-statement")
    expect(statement).to_be_hidden()
    first.locator("th").hover()
    expect(statement).to_be_visible()
    statement.hover()
    expect(statement).to_be_visible()
    tab.keyboard.press("Escape")
    expect(statement).to_be_hidden()
    rows.nth(1).locator("th a").focus()
    expect(rows.nth(1).locator(".map-statement")).to_be_visible()
    tab.close()


def test_the_evidence_map_is_a_table_without_javascript(service, visitor):
    guest = visitor(java_script_enabled=False, viewport={"width": 390, "height": 844})
    tab = guest.open(f"{service.url}/{PAGES['evidence map']}")
    table = tab.get_by_role("table").first
    expect(table.get_by_role("rowheader").first).to_be_visible()
    expect(tab.locator(".map-statement").first).to_be_visible()
    link = table.get_by_role("link").first
    link.click()
    assert "#claim-" in tab.url
    tab.close()


def test_a_questionnaire_is_taken_and_thanked_for(service, visitor):
    code = service.store.cohorts.create("Before", ("principles",), now(), feedback="at-once").code
    guest = visitor(viewport={"width": 390, "height": 844})
    tab = guest.open(f"{service.url}/{PAGES['questionnaire']}")
    tab.get_by_label(T["player.graded.code"]).fill(code)
    tab.get_by_role("button", name=T["player.graded.join_button"]).click()
    tab.get_by_role("button", name=T["player.begin"], exact=True).click()
    boxes = tab.locator(".cp-item")
    expect(boxes).to_have_count(24)
    for box in boxes.all():
        box.locator("input[type=radio]").first.check()
    expect(tab.get_by_text(T["player.graded.saved"], exact=True)).to_be_visible()
    tab.get_by_role("button", name=T["player.graded.review"]).click()
    tab.get_by_role("button", name=T["player.graded.submit"]).click()
    expect(tab.get_by_text(T["player.graded.thanks"], exact=True)).to_be_visible()
    expect(tab.locator(".cp-score")).to_have_count(0)
    tab.reload()
    given = T["player.graded.given"].split("}")[1]
    expect(tab.locator(".cp-past")).to_contain_text(given)
    tab.close()


def test_the_dark_that_is_chosen_is_the_dark_of_the_device():
    css = (REPO / "src/collabcomm/look/colours.css").read_text("utf-8")
    device, chosen = re.findall(r"color-scheme: dark;([^}]*)\}", css)
    assert device.split() == chosen.split()
