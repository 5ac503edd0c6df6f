"""A small quiz with every type of item and a small story, as the compiler would give them."""

from __future__ import annotations

import json
from typing import Any

from collabcomm.engine.types import SUPPORT_POINTS
from folders import REPO

Json = dict[str, Any]


def option(name: str, feedback: str | None = None, **more: Any) -> Json:
    return {"id": name, "text": f"<em>{name.title()}</em> it", "feedback": feedback, **more}


def item(name: str, kind: str, most: float, **more: Any) -> Json:
    return {
        "id": name,
        "type": kind,
        "stem": f"<p>What about {name}?</p>",
        "points": 1,
        "max": most,
        "weights": {},
        "explanation": None,
        "basis": None,
        "evidence": [],
        "read": None,
        **more,
    }


def parts(*names: str) -> list[Json]:
    return [{"id": name, "text": f"the {name}"} for name in names]


SINGLE = item(
    "single",
    "single-choice",
    1,
    options=[option("ask", "<p>It leaves the choice.</p>"), option("warn", "<p>It presses.</p>")],
    weights={"ask": 1},
    basis="theory",
    evidence=[
        {"label": "Brehm 1966", "href": "book/references.html#ref-brehm1966", "kind": "source"}
    ],
    read={"title": "Motivation and choice", "href": "modules/m/motivation.html"},
)
MULTIPLE = item(
    "multiple",
    "multiple-response",
    2,
    options=[
        option("see", "<p>Yes, see.</p>"),
        option("hear", "<p>Yes, hear.</p>"),
        option("tell", "<p>No.</p>"),
    ],
    weights={"see": 1, "hear": 1, "tell": -1},
)
JUDGEMENT = item(
    "judgement",
    "judgement",
    2,
    options=[
        option("wait", "<p>Time helps.</p>", support="partly"),
        option("listen", "<p>It opens.</p>", support="well"),
        option("leave", "<p>It closes.</p>", support="poorly"),
    ],
    weights={"wait": 1, "listen": 2, "leave": 0},
    basis="judgement",
)
MATCHING = item(
    "matching",
    "matching",
    2,
    prompts=[
        {"id": "p", "text": "Anger", "feedback": "<p>Anger needs air.</p>"},
        {"id": "q", "text": "Fear", "feedback": None},
    ],
    answers=parts("air", "safety", "tea"),
    weights={"p:air": 1, "q:safety": 1},
)
SEQUENCING = item(
    "sequencing",
    "sequencing",
    2,
    steps=parts("second", "third", "first"),
    weights={"first>second": 1, "second>third": 1},
)
SHORT = item(
    "short",
    "short-text",
    1,
    weights={"open question": 1},
    replies={"open question": "<p>It invites.</p>"},
    explanation="<p>It begins with what or how.</p>",
)
LIKERT = item("likert", "likert", 0, options=parts("never", "often"))
REFLECTION = item("words", "reflection", 0)
COMPOSITION = item(
    "note",
    "composition",
    0,
    words=40,
    model="<p>I came at <em>ten</em>.</p>",
    checklist=parts("when", "next"),
    basis="judgement",
)

QUIZ: Json = {
    "format": 1,
    "kind": "quiz",
    "id": "demo",
    "version": "00000000000000aa",
    "lang": "en-GB",
    "title": "A few questions",
    "purpose": "practice",
    "intro": "<p>Take your time.</p>",
    "pass_mark": None,
    "items": [
        SINGLE,
        MULTIPLE,
        JUDGEMENT,
        MATCHING,
        SEQUENCING,
        SHORT,
        LIKERT,
        REFLECTION,
        COMPOSITION,
    ],
}


def choice(name: str, support: str, effects: Json, *goto: Json) -> Json:
    return {
        "id": name,
        "text": f"I {name}.",
        "support": support,
        "points": SUPPORT_POINTS[support],
        "effects": effects,
        "consequence": f"<p>You {name}, and she nods.</p>",
        "feedback": f"<p>Reasons for {name}.</p>",
        "basis": "theory",
        "evidence": [
            {"label": "Brehm 1966", "href": "book/references.html#ref-brehm1966", "kind": "source"}
        ],
        "goto": list(goto),
    }


def to(node: str, *when: Json) -> Json:
    return {"node": node, "when": list(when)}


def node(kind: str, title: str | None, **more: Any) -> Json:
    return {"kind": kind, "title": title, "scene": f"<p>Scene of {title}.</p>", "lines": [], **more}


def ending(title: str, kind: str) -> Json:
    return node(
        "ending", None, ending={"title": title, "kind": kind}, debrief="<p>What helped.</p>"
    )


STORY: Json = {
    "format": 1,
    "kind": "scenario",
    "id": "story",
    "version": "00000000000000bb",
    "lang": "en-GB",
    "title": "At the door",
    "summary": "<p>A visit.</p>",
    "role": "<p>You are the visitor.</p>",
    "minutes": 5,
    "content_note": "<p>A fall.</p>",
    "cast": [{"id": "glenys", "name": "Glenys Pugh", "about": "79", "initials": "GP"}],
    "meters": [
        {
            "id": "trust",
            "label": "Trust",
            "start": 2,
            "min": 0,
            "max": 4,
            "words": ["none", "some", "much"],
        }
    ],
    "start": "door",
    "nodes": {
        "door": node(
            "decision",
            "The door",
            lines=[{"who": "glenys", "says": "I'm <em>managing</em>, thank you."}],
            ask="What do you say?",
            choices=[
                choice(
                    "ask",
                    "well",
                    {"trust": 1},
                    to("kitchen", {"meter": "trust", "op": ">=", "value": 3}),
                    to("hall"),
                ),
                choice(
                    "wait",
                    "partly",
                    {},
                    to("kitchen", {"meter": "trust", "op": ">=", "value": 3}),
                    to("hall"),
                ),
                choice("warn", "poorly", {"trust": -1}, to("hall")),
            ],
        ),
        "hall": node(
            "decision",
            None,
            ask="And now?",
            choices=[
                choice("return", "partly", {"trust": 1}, to("door")),
                choice("leave", "poorly", {}, to("shut")),
            ],
        ),
        "kitchen": node("item", "The kitchen", item=SINGLE, goto=[to("garden")]),
        "garden": node("passage", "The garden", goto=[to("open")]),
        "open": ending("She opens up", "good"),
        "shut": ending("The door shuts", "poor"),
    },
    "best": [
        {"node": "door", "choice": "ask"},
        {"node": "kitchen", "response": "ask"},
        {"node": "garden"},
    ],
}

COLOURS = (REPO / "src/collabcomm/look/colours.css").read_text("utf-8")
PALETTE = f"""
{COLOURS}
body {{ margin: 0; background: var(--course-paper); color: var(--course-ink); }}
main {{ max-width: 50rem; margin: auto; padding: 1rem; }}
"""


def script(data: Any, attributes: str = "") -> str:
    text = json.dumps(data).replace("<", "\\u003c")
    return f'<script type="application/json"{attributes}>{text}</script>'


def page(strings: Json, *elements: str) -> str:
    """Return a page of a book around some elements, two folders below the site's root."""
    return (
        '<!doctype html><html lang="en-GB" data-course="demo-course"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>A page</title>'
        '<link rel="stylesheet" href="/palette.css"><link rel="stylesheet" href="/player.css">'
        "</head><body><main><h1>A page</h1>"
        + "".join(elements)
        + "</main>"
        + script(strings, ' class="course-strings"')
        + '<script type="module" src="/player.js"></script>'
        + '<script type="module" src="/scenario.js"></script></body></html>'
    )


def element(tag: str, data: Json, heading: int = 2) -> str:
    return f'<{tag} root="../../" heading="{heading}"><p>Fallback</p>{script(data)}</{tag}>'
