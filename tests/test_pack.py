"""The facilitator pack, as a trainer prints it and as participants get its handouts."""

from __future__ import annotations

import re
import sys
from html import unescape
from html.parser import HTMLParser

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner

from collabcomm.cli.main import main
from collabcomm.course.compiler import Compiler
from collabcomm.course.loader import load
from collabcomm.course.markup import plain
from collabcomm.course.scenarios import Scenario
from collabcomm.engine.graph import distances, gotos, own_nodes
from collabcomm.pack import UnknownPack, pack
from collabcomm.pack.story import span
from collabcomm.texts import catalogue
from folders import REPO, SMALL

COURSE = load(REPO).course
NAMES = [*COURSE.scenarios, *COURSE.modules]
PACKS = {name: pack(COURSE, name) for name in NAMES}
FEW = load(SMALL).course
T = catalogue("pack", "en")
# What an A4 page leaves for content, in CSS pixels: 297 and 210 mm without the margins of @page.
TALL, WIDE = (297 - 11 - 14) * 96 / 25.4, (210 - 24) * 96 / 25.4


def words(html):
    """Return the text of some HTML as one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def bare(text):
    """Return a text without its spaces, so that a tag within a word or at its end is no matter."""
    return "".join(unescape(re.sub(r"<[^>]+>", "", text)).split())


def handouts(html):
    return re.findall(r'<section class="handout.*?</section>', html, re.S)


def trainers_part(html):
    return re.sub(r'<section class="handout.*?</section>', "", html, flags=re.S)


class _Seen(HTMLParser):
    """Ids, tags, and every address that a page names."""

    def __init__(self, html):
        super().__init__()
        self.ids, self.tags, self.addresses = [], set(), []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        for key, value in attributes:
            if key == "id":
                self.ids.append(value)
            if key in ("src", "href", "srcset", "action", "data", "xlink:href"):
                self.addresses.append(value)
            assert not key.startswith("on"), key


@pytest.mark.parametrize("name", NAMES)
def test_a_pack_needs_no_other_file_and_no_script(name):
    html = PACKS[name]
    seen = _Seen(html)
    assert not seen.tags & {"script", "iframe", "img", "object", "embed"}
    assert [address for address in seen.addresses if not address.startswith(("#", "data:"))] == []
    assert {address[1:] for address in seen.addresses if address.startswith("#")} <= set(seen.ids)
    assert len(seen.ids) == len(set(seen.ids))
    assert [x for x in re.findall(r"url\(\"?(.)", html) if x not in "d#"] == []
    assert "@import" not in html


def texts(parts):
    """Return what a text with parts can say."""
    return [x for part in parts or () for x in (part.text, part.otherwise) if x]


def own_nodes_of(name):
    """Return the nodes of a scenario that are no chair's."""
    own = own_nodes(Compiler(COURSE).scenario(name))
    return {key: node for key, node in COURSE.scenarios[name].nodes.items() if key in own}


@pytest.mark.parametrize("name", COURSE.scenarios)
def test_a_pack_holds_all_that_the_trainer_needs(name):
    html, text = PACKS[name], bare(trainers_part(PACKS[name]))
    story = COURSE.scenarios[name]
    expected = [story.title, story.summary, story.role, story.content_note]
    notes = [story.trainer, *(node.trainer for node in story.nodes.values())]
    for note in filter(None, notes):
        expected += [*texts(note.prompts), note.likely, note.care]
    for key, node in story.nodes.items():
        assert f'id="{name}-{key}"' in html
        expected += texts([*node.scene, *(node.ask or ()), *(node.debrief or ())])
        expected += [line.says for line in node.lines]
        for choice in node.choices:
            told = [*choice.consequence, *choice.feedback, *(choice.reason or ())]
            expected += [choice.text, *texts(told)]
            expected += [*vars(choice.arguments).values()] if choice.arguments else []
            expected += [COURSE.claims[claim].statement for claim in choice.claims]
            for source in choice.sources:  # a label is no Markdown
                assert bare(COURSE.references[source].label) in text
        for option in getattr(node.item, "options", ()):
            expected += [option.text, option.feedback]
    for told in filter(None, expected):
        for paragraph in re.split(r"\n\s*\n", told):
            assert bare(plain(paragraph)) in text, paragraph


def secrets(story):
    """Return every sentence that only the trainer may have on paper."""
    notes = [story.trainer, *(node.trainer for node in story.nodes.values())]
    found = [
        t for note in filter(None, notes) for t in (*texts(note.prompts), note.likely, note.care)
    ]
    for node in story.nodes.values():
        found += texts(node.debrief)
        for choice in node.choices:
            found += texts([*choice.consequence, *choice.feedback, *(choice.reason or ())])
        if node.item:
            found += [node.item.explanation, *(o.feedback for o in node.item.options)]
    for text in filter(None, found):
        for sentence in re.split(r"(?<=[.?!])\s+", words(plain(text))):
            if len(sentence.split()) > 4:
                yield sentence


@pytest.mark.parametrize("name", COURSE.scenarios)
def test_handouts_hold_scenes_and_choices_and_nothing_of_the_trainers_part(name):
    story = COURSE.scenarios[name]
    pages = handouts(PACKS[name])
    asked = [node for node in own_nodes_of(name).values() if node.choices or node.item]
    assert len(pages) == len(asked) + 1
    text = bare("".join(pages))
    for node in asked:
        offered = node.choices or node.item.options
        for part in (*texts(node.scene), *(option.text for option in offered)):
            assert bare(plain(part)) in text
    shown = [x for node in asked for x in (*texts(node.scene), *(o.text for o in node.choices))]
    shown += [line.says for node in asked for line in node.lines]
    told = bare(" ".join(map(plain, shown)))  # a trainer's note may quote what all can read
    kept = [sentence for sentence in secrets(story) if bare(sentence) not in told]
    assert len(kept) > 20
    assert [sentence for sentence in kept if bare(sentence) in text] == []
    player = catalogue("player", "en")
    for key, word in player.items():
        if key.startswith(("player.support.", "player.option.picked.")) and " " in word:
            assert bare(word) not in text
    marked = [re.findall(r'class="([^"]*)"', page) for page in pages]
    assert {"well", "partly", "poorly", "mark", "best", "rests", "notes"}.isdisjoint(
        word for classes in marked for names in classes for word in names.split()
    )


@pytest.mark.parametrize("name", COURSE.scenarios)
def test_the_map_has_every_moment_and_every_way_and_says_them_in_words(name):
    html = PACKS[name]
    whole = Compiler(COURSE).scenario(name)
    nodes = {key: node for key, node in whole["nodes"].items() if key in own_nodes_of(name)}
    ways = {(key, goto["node"]) for key, node in nodes.items() for goto in gotos(node)}
    assert html.count('<rect class="box') == len(nodes)
    assert html.count('<path class="line') == len(ways)
    assert html.count(" ending") - html.count('class="card ending"') >= sum(
        node["kind"] == "ending" for node in nodes.values()
    )
    listed = re.search(r'<ul class="ways">.*?</ul>', html, re.S)[0]
    assert listed.count("<li>") == len(nodes)
    assert listed.count(T["map.ends"]) == sum(n["kind"] == "ending" for n in nodes.values())


def test_a_module_has_a_cover_a_plan_and_all_its_scenarios():
    html = pack(FEW, "visiting")
    text = bare(html)
    module = FEW.modules["visiting"]
    for part in (*module.outcomes, *module.misconceptions):
        assert bare(plain(part.text)) in text
    assert bare(f"{T['module.lessons_sum']}{sum(x.minutes for x in module.lessons)}") in text
    for name in module.scenarios:
        assert html.count(f'<h2 id="{name}">') == 1
    assert html.count(f">{T['safe.title']}</h2>") == 1


def test_minutes_are_added_up_against_the_plan():
    text = words(pack(FEW, "doorstep"))
    assert "add up to 5 to 10 minutes. On the best-supported path they add up to 10. Of" in text
    assert "Of the planned 20 minutes that leaves 10 to 15" in text


def test_minutes_and_distances_of_a_loop_come_to_an_end():
    onward = {"a": ["b", "c"], "b": ["a", "c"], "c": ["end"], "end": [], "lost": []}
    assert distances(onward, "a") == {"a": 0, "b": 1, "c": 1, "end": 2, "lost": 3}
    assert span(onward, {"a": 1, "b": 10, "c": 100}, "a") == (101, 111)


def test_a_condition_is_told_in_words():
    text = words(pack(FEW, "story"))
    assert "if “Trust” is 3 or more: 2 Tea ; otherwise: 3 Rain" in text


def test_what_a_course_says_is_cleaned_and_escaped():
    def hostile(text):
        return f"{text} <script>alert(1)</script><img src=x onerror=alert(1)> &"

    for name in ("doorstep", "visiting"):
        html = pack(FEW, name, hostile)
        assert not _Seen(html).tags & {"script", "img"}
        assert "&amp;" in html


ITEMS = {
    "matching": (
        {
            "prompts": [
                {"id": "p-a", "text": "Cold", "answer": "a-b"},
                {"id": "p-b", "text": "Warm", "answer": "a-a"},
            ],
            "answers": [{"id": "a-a", "text": "Sun"}, {"id": "a-b", "text": "Snow"}],
        },
        ["Cold → Snow", "Warm → Sun"],
        ["Cold", "Warm", "Sun", "Snow"],
    ),
    "sequencing": (
        {"steps": [{"id": f"s-{x}", "text": x.upper() * 3} for x in "abc"]},
        ["A AAA B BBB C CCC"],
        ["AAA", "BBB", "CCC"],
    ),
    "short-text": ({"accept": [{"text": "Snow", "feedback": "It melts."}]}, ["Snow It melts."], []),
    "multiple-response": (
        {"options": [{"id": f"o-{x}", "text": x * 4, "correct": x != "c"} for x in "abc"]},
        ["A aaaa Right", "C cccc Not this one"],
        ["aaaa", "cccc"],
    ),
    "likert": (
        {"scale": [{"id": f"l-{x}", "text": x * 4} for x in "abc"]},
        ["A aaaa B bbbb"],
        ["aaaa"],
    ),
    "reflection": ({}, ["What is it?"], ["What is it?"]),
    "composition": (
        {
            "words": 60,
            "model": "I saw *two* bruises.",
            "checklist": [{"id": f"c-{x}", "text": x * 4} for x in "ab"],
        },
        ["I saw two bruises.", "aaaa bbbb"],
        ["What is it?"],
    ),
}


@pytest.mark.parametrize("kind", ITEMS)
def test_each_type_of_item_has_its_key_on_the_card_alone(kind):
    parts, on_card, on_paper = ITEMS[kind]
    item = {"id": "it", "type": kind, "stem": "What is it?", "explanation": "So it is.", **parts}
    story = FEW.scenarios["story"].model_dump(mode="json", exclude_none=True)
    story["nodes"]["door"] = {"scene": "A door opens.", "item": item, "goto": "inside"}
    changed = FEW.model_copy(update={"scenarios": {"story": Scenario.model_validate(story)}})
    html = pack(changed, "story")
    card = words(re.search(r'<article class="card item".*?</article>', html, re.S)[0])
    for text in [*on_card, "So it is."]:
        assert text in card
    paper = words(handouts(html)[0])
    for text in on_paper:
        assert text in paper
    for text in ("→", "Right", "It melts", "So it is", "bruises"):
        assert text not in paper


def test_an_unknown_name_is_said():
    with pytest.raises(UnknownPack, match=r"no scenario or module 'principle'. Did you mean"):
        pack(COURSE, "principle")


def run(*options, code=0):
    result = CliRunner().invoke(main, ["pack", *map(str, options)])
    assert result.exit_code == code, result.output
    return result.output


def test_the_command_writes_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "Written to pack-story.html." in run("story", "--course", SMALL)
    run("first", "--course", SMALL, "--output", "module.html")
    assert (tmp_path / "pack-story.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert (tmp_path / "module.html").is_file()


def test_the_command_says_what_is_wrong(tmp_path, monkeypatch):
    message = "no scenario or module 'storey'. Did you mean 'story'?"
    assert message in run("storey", "--course", SMALL, code=1)
    missing = tmp_path / "missing" / "pack.html"
    assert "cannot write" in run("story", "--course", SMALL, "--output", missing, code=1)
    monkeypatch.setitem(sys.modules, "jupyter_book", None)
    assert "pip install 'collabcomm[book]'" in run("story", "--course", SMALL, code=1)


@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(visitor, width):
    guest = visitor(viewport={"width": width, "height": 800})
    tab = guest.context.new_page()
    for name in ("im-managing", "human-behaviour"):
        tab.set_content(PACKS[name])
        found = Axe().run(tab)
        assert found.violations_count == 0, found.generate_report()
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, name


def test_on_paper_a_card_breaks_between_choices_and_a_handout_has_its_own_page(visitor):
    guest = visitor(viewport={"width": int(WIDE), "height": int(TALL)})
    tab = guest.context.new_page()
    tab.emulate_media(media="print")
    for name in COURSE.scenarios:
        tab.set_content(PACKS[name])
        boxes = tab.evaluate(
            """[...document.querySelectorAll(".choice, .notes, .handout, figure")].map(x => [
                 getComputedStyle(x).breakInside, x.getBoundingClientRect().height,
                 x.matches(".handout") ? getComputedStyle(x).breakBefore : "page",
                 (x.closest("[id]") ?? x).id])"""
        )
        for inside, height, before, what in boxes:
            handout = inside == "auto"
            assert (inside, before) in (("avoid", "page"), ("auto", "page")), what
            # A scene that depends on much may take a handout over its page, never over two.
            assert height <= TALL * (2 if handout else 1), f"{name}: {what} is too tall"


def test_the_pdf_has_a_page_a_handout_and_is_tagged(visitor):
    tab = visitor().context.new_page()
    tab.set_content(PACKS["im-managing"])
    pdf = tab.pdf(prefer_css_page_size=True, tagged=True, outline=True)
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert pages > len(handouts(PACKS["im-managing"])) + 8
    assert pages < 30
    assert set(re.findall(rb"/MediaBox \[([^\]]*)\]", pdf)) <= {
        b"0 0 595 842",
        b"0 0 594.95996 841.91998",
        b"0 0 594.95996 841.91992",
    }
    assert b"/StructTreeRoot" in pdf
    assert b"/H1" in pdf
