"""The forms of lessons: as they are written, read, opened by keyboard, without script, on paper."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from collabcomm.course.cases import episodes
from collabcomm.course.loader import load
from collabcomm.testing import Service, run_command
from collabcomm.texts import text_of
from folders import SMALL, as_book

PAGE = "modules/visiting/afterwards"
FORMS = ("case", "dissection", "transcript", "chairs", "myth", "timeline", "tool")


@pytest.fixture(scope="module")
def page(small_book):
    return (small_book / f"{PAGE}.html").read_text("utf-8")


@pytest.fixture(scope="module")
def address(small_book, tmp_path_factory):
    """The address of the page with one of each form."""
    database = tmp_path_factory.mktemp("forms") / "results.sqlite3"
    process = Service(small_book, SMALL, f"sqlite:///{database}")
    yield f"{process.url}/{PAGE}.html"
    process.stop()


def form(page, kind):
    """Return the HTML of the page's form of a kind."""
    end = "</figure>" if f'<figure class="form {kind}"' in page else "</div>\n</div>|</section>"
    return re.search(rf'<(?:figure|div) class="form {kind}.*?(?:{end})', page, re.DOTALL)[0]


def test_a_record_is_read_line_by_line_and_each_line_opens(page):
    told = form(page, "dissection")
    lines = re.findall(r"<li><.*?<details><summary>(.*?)</summary>(.*?)</details>", told, re.DOTALL)
    assert [text_of(line) for line, _ in lines] == ["refused entry", "will “not” engage"]
    assert text_of(lines[0][1]) == "Who asked, and in what words?"
    assert 'href="../../book/chapter.html#claim-claim-a"' in lines[1][1]
    assert "<ol" in told
    assert "<figcaption>" in told


def test_all_that_follows_a_pause_of_a_call_is_closed(page):
    told = form(page, "transcript")
    asked, closed, more = re.split(r"<details>", told)
    assert "Mair (at home) 4471. Who is there?" in text_of(asked)
    assert re.findall(r"turn-\d", told) == ["turn-1", "turn-2", "turn-2", "turn-1"]
    assert text_of(asked).endswith("Visitor Somebody about the gate.")
    assert text_of(closed).startswith("She has asked for a name. What would you give? Say it")
    assert text_of(closed).endswith("Visitor Sam, from the council.")
    assert text_of(more) == "And now? Say it, then go on. Mair Come in."
    assert re.search(r"</details>\s*</div>\s*</details>", more)


def test_the_first_chair_is_open(page):
    assert re.findall(r"<details.*?>", form(page, "chairs")) == ["<details open>", "<details>"]


def test_a_myth_opens_to_what_the_law_says_and_to_a_sentence_to_use(page):
    told = text_of(form(page, "myth"))
    assert told.startswith("Often said “We may not say who we are.” What the law says A visitor")
    assert told.endswith("You could say “I’m Sam, and I’ve come about the gate.”")


def test_episodes_of_a_case_lead_to_each_other(page, small_book):
    way = '<a class="reference internal" href="../../modules/visiting/'
    assert text_of(form(page, "case")).startswith("The case, part 2: The second visit")
    assert f'{way}at-the-door.html#case-the-gate-1">The part before: At the door</a>' in page
    first = (small_book / "modules/visiting/at-the-door.html").read_text("utf-8")
    assert 'id="case-the-gate-1"' in first
    assert f'{way}afterwards.html#case-the-gate-2">The next part: Afterwards</a>' in first
    assert "The part before" not in first
    assert list(episodes(load(SMALL).course, "the-gate")) == [1, 2]


def test_a_timeline_is_a_list_in_order(page):
    told = form(page, "timeline")
    entries = re.findall(r"<li>(.*?)</li>", told, re.DOTALL)
    assert [text_of(entry) for entry in entries] == [
        "2 March, the visitor A card through the door.",
        "9 March, Mair Rings back.",
    ]
    assert "<ol" in told


def test_a_tool_has_empty_boxes_and_gaps(page):
    told = form(page, "tool")
    assert "☐ Who else visits" in text_of(told)
    assert '<ul class="boxes simple">' in told
    assert told.count('<span class="gap">____</span>') == 2


def test_what_a_form_says_is_found_by_the_search(small_book):
    index = (small_book / "searchindex.js").read_text("utf-8")
    for word in ("refus", "council", "wait", "sam", "card"):
        assert f'"{word}"' in index, word


MISTAKES = {
    "```{dissection} A\nrefused\n```": "begins with '> '; this is 'refused'",
    "```{dissection} B\n```": "a line of the record begins with '> ', and there is none",
    "```{dissection} C\n> refused\n```": "'> refused'. Write what to see in it below it",
    "```{transcript} D\nA: So.\nno name\n```": "'Name: words' or '? question', this is 'no name'",
    "```{transcript} E\nA: So.\n? And?\n```": "a transcript ends with a turn. Write 'Name: words'",
    "```{chairs} F\n# One\nAlone.\n```": "two to five chairs, this has 1. Begin each with '# '",
    "```{chairs} G\n# One\n# Two\nSo.\n```": "'# One'. Write what is seen from there below it",
    "```{myth} H\nIt is so.\n```": "goes on with 'Law:' or 'Say:'; this is 'It is so.'",
    "```{myth} I\n```": "a myth needs 'Law:', what the law says",
    "```{case} j\n:part: 1\nSo.\n```": "a case needs ':part:', a number, and ':title:'",
    "```{timeline} K\nMonday\n```": "a line of a timeline is 'date, who: what', this is 'Monday'",
    "```{timeline} L\n```": "'date, who: what', and there is none",
    "```{tool} M\n```": "a tool is empty. Write what stands on it, '- [ ]' for an empty box",
}


def test_a_mistake_in_a_form_is_told_with_its_line_and_what_to_write(tmp_path):
    course = as_book(Path(shutil.copytree(SMALL, tmp_path / "course")))
    text = (course / f"{PAGE}.md").read_text("utf-8")
    lines = {}
    for wrong, message in MISTAKES.items():
        lines[message] = text.count("\n") + 2
        text += f"\n{wrong}\n"
    (course / f"{PAGE}.md").write_text(text, "utf-8")
    done = run_command("build", "--output", str(tmp_path), cwd=course)
    assert done.returncode != 0
    for message, line in lines.items():
        (found,) = [told for told in done.stderr.splitlines() if message in told]
        assert f"afterwards.md:{line}:" in found


def test_axe_finds_nothing_on_a_page_with_each_form(address, visitor):
    for colours in ("light", "dark"):
        for width in (320, 1280):
            size = {"width": width, "height": 800}
            tab = visitor(color_scheme=colours, viewport=size).open(address)
            for kind in FORMS:
                expect(tab.locator(f".form.{kind}")).to_be_visible()
            for opened in (False, True):
                tab.evaluate(
                    "is => document.querySelectorAll('.form details').forEach(d => d.open = is)",
                    opened,
                )
                found = Axe().run(tab)
                assert found.violations_count == 0, found.generate_report()
                assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_a_call_is_gone_through_with_the_keyboard(address, visitor):
    tab = visitor().open(address)
    said = tab.get_by_text("Sam, from the council.")
    tab.locator(".transcript summary").first.focus()
    expect(said).not_to_be_visible()
    tab.keyboard.press("Enter")
    expect(said).to_be_visible()
    expect(tab.get_by_text("Come in.")).not_to_be_visible()
    tab.keyboard.press("Tab")
    tab.keyboard.press("Space")
    expect(tab.get_by_text("Come in.")).to_be_visible()


def test_forms_open_without_javascript(address, visitor):
    tab = visitor(java_script_enabled=False).open(address)
    for summary, told in {
        "refused entry": "in what words?",
        "What would you give?": "Sam, from the council.",
        "The visitor": "I did not know that.",
        "We may not say who we are.": "gives a name",
    }.items():
        expect(tab.get_by_text(told)).not_to_be_visible()
        tab.locator("summary").filter(has_text=summary).click()
        expect(tab.get_by_text(told)).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_on_paper_nothing_is_folded_away(address, visitor, script):
    tab = visitor(java_script_enabled=script).open(address)
    tab.emulate_media(media="print")
    for told in ("in what words?", "Come in.", "I did not know that.", "gives a name"):
        assert tab.get_by_text(told).bounding_box()["height"] > 0, told


def test_a_card_goes_to_the_printer_alone(address, visitor):
    guest = visitor()
    guest.context.add_init_script("window.print = () => {}")
    tab = guest.open(address)
    tab.emulate_media(media="print")
    card, gap = tab.locator(".tool-card"), tab.locator(".gap").first
    others = [tab.get_by_role("heading", name="Afterwards"), tab.locator(".timeline"), gap]
    tab.emulate_media(media="screen")
    tab.get_by_role("button", name="Print this card").click()
    tab.emulate_media(media="print")
    for other in others[:2]:
        expect(other).not_to_be_visible()
    expect(card).to_contain_text("☐ Who else visits")
    expect(card).to_be_visible()
    assert gap.bounding_box()["width"] > 50
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    for other in others:
        expect(other).to_be_visible()


def test_a_card_is_saved_as_a_page_that_needs_nothing_else(address, visitor):
    tab = visitor().open(address)
    with tab.expect_download() as saved:
        tab.get_by_role("button", name="Save this card").click()
    assert saved.value.suggested_filename == "before-you-ring.html"
    text = Path(saved.value.path()).read_text("utf-8")
    assert "<title>Before you ring</title><style>body{" in text
    assert "☐ Who else visits" in text
    assert not re.search(r"<(script|link|img|button)|href=|src=", text)


def test_a_card_has_no_buttons_without_javascript(address, visitor):
    tab = visitor(java_script_enabled=False).open(address)
    expect(tab.get_by_text("Who else visits")).to_be_visible()
    expect(tab.locator(".tool-ways")).not_to_be_visible()


def test_help_says_who_how_and_when_and_a_phone_dials(page):
    told = re.search(r'<div class="form support.*?</div>', page, re.DOTALL)[0]
    words = text_of(told)
    assert words.startswith("If this touched you The night desk: 0808 10, at night. For anybody.")
    assert 'href="tel:080810"' in told
    assert 'href="https://www.desk.example/">desk.example</a>' in told
    assert "The council. By day." in words
    assert "supervision" in words


@pytest.mark.parametrize("way", ["press", "escape"])
def test_the_quiet_way_out_leaves_nothing_to_go_back_to(address, visitor, way):
    guest = visitor()
    asked = []
    guest.context.route("https://weather.example/", lambda route: route.fulfill(body="Rain."))
    guest.context.on("request", lambda request: asked.append(request.url))
    before = address.replace("afterwards", "at-the-door")
    tab = guest.open(before)
    tab.goto(address)
    tab.wait_for_load_state("networkidle")
    assert not [url for url in asked if "weather" in url]
    if way == "press":
        tab.get_by_role("link", name="Leave this page").click()
    else:
        for _ in range(3):
            tab.keyboard.press("Escape")
    expect(tab.get_by_text("Rain.")).to_be_visible()
    tab.go_back()
    assert tab.url == before


def test_one_escape_does_not_leave(address, visitor):
    tab = visitor().open(address)
    tab.keyboard.press("Escape")
    tab.keyboard.press("Escape")
    tab.keyboard.press("a")
    tab.keyboard.press("Escape")
    assert tab.url == address


def test_the_way_out_is_a_link_without_javascript(address, visitor):
    tab = visitor(java_script_enabled=False).open(address)
    link = tab.get_by_role("link", name="Leave this page")
    expect(link).to_be_visible()
    expect(link).to_have_attribute("href", "https://weather.example/")
    expect(tab.get_by_text("press Escape three times")).not_to_be_visible()


def test_a_course_without_helplines_builds_and_shows_none(tmp_path):
    course = as_book(Path(shutil.copytree(SMALL, tmp_path / "course")))
    (course / "support.yml").unlink()
    done = run_command("build", "--output", str(tmp_path), cwd=course)
    assert done.returncode == 0, done.stderr
    html = (tmp_path / f"_build/html/{PAGE}.html").read_text("utf-8")
    assert "leave-link" not in html
    assert "form support" not in html
