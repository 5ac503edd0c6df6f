"""A small story in which every rule of scenarios is at work, as the compiler would give it."""

from __future__ import annotations

from player_data import STORY, Json, choice, ending, node, to

PROMISED = {"picked": "kitchen.promise", "is": True}
RIGHT = {"right": "form", "is": True}


def piece(html: str, *when: Json, **more: str) -> Json:
    return {"when": list(when), "html": html, **more}


def meter(name: str, label: str, **more: bool) -> Json:
    return {"id": name, "label": label, "start": 2, "min": 0, "max": 4, "words": [], **more}


ASK = choice("ask", "well", {"trust": 1}, to("form")) | {
    "skills": {"listening": 2},
    "reason": "<p>Asking leaves it with her.</p>",
}
PROMISE = choice("promise", "poorly", {"trust": 1, "safety": -1}, to("form")) | {
    "skills": {"listening": 1, "candour": -1},
}
TELL = choice("tell", "contested", {}, to("form")) | {
    "skills": {"candour": 1},
    "arguments": {"for": "She knows at <em>once</em>.", "against": "She may stop."},
}
STAY = choice(
    "stay", "well", {}, to("good", {"meter": "points", "op": ">=", "value": 5}), to("poor")
) | {
    "also": [{"when": [PROMISED], "by": {"trust": -3}}],
    "consequence": [
        piece("<p>You stay.</p>"),
        piece(
            "<p>She looks away.</p>",
            {"meter": "trust", "op": "<=", "value": 0},
            otherwise="<p>She puts the kettle on.</p>",
        ),
    ],
}

RULES: Json = STORY | {
    "id": "rules",
    "version": "00000000000000cc",
    "title": "In the kitchen",
    "cast": [
        {"id": "leanne", "name": "Leanne", "about": "27, Kai's mother", "initials": "L"},
        {"id": "marc", "name": "Marc", "about": "A neighbour", "initials": "M"},
    ],
    "meters": [meter("trust", "Trust"), meter("safety", "Safety", hidden=True)],
    "skills": [
        {"id": "listening", "label": "Listening"},
        {"id": "candour", "label": "Candour"},
        {"id": "voice", "label": "Making room"},
    ],
    "chairs": [
        {"who": "leanne", "start": "leanne-hears", "role": "<p>You are Leanne.</p>"},
        {"who": "marc", "start": "marc-waits", "role": "<p>You are Marc.</p>"},
    ],
    "start": "kitchen",
    "nodes": {
        "kitchen": node(
            "decision",
            "The kitchen",
            lines=[{"who": "leanne", "says": "Can I trust you?"}],
            ask="What do you say?",
            choices=[ASK, PROMISE, TELL],
        ),
        "form": node(
            "item",
            "The form",
            item=STORY["nodes"]["kitchen"]["item"],
            effects={},
            also=[{"when": [RIGHT], "by": {"safety": 2, "trust": -1}}],
            goto=[to("door")],
        ),
        "door": node(
            "decision",
            "The door",
            lines=[
                {"who": "leanne", "says": "You promised.", "when": [PROMISED]},
                {"who": "leanne", "says": "You were straight.", "when": [PROMISED | {"is": False}]},
            ],
            ask=[piece("And now?", PROMISED), piece("What next?", PROMISED | {"is": False})],
            pinned=True,
            choices=[
                STAY,
                choice("go", "poorly", {"safety": -1}, to("poor")),
            ],
        )
        | {"scene": [piece("<p>She has your own words.</p>", PROMISED)]},
        "good": ending("It holds", "good"),
        "poor": ending("It breaks", "poor")
        | {
            "debrief": [
                piece("<p>A promise was made.</p>", PROMISED, otherwise="<p>No promise.</p>"),
            ]
        },
        "leanne-hears": node(
            "decision",
            "What she heard",
            ask="What do you do?",
            choices=[
                choice("hide", "poorly", {}, to("leanne-ends")),
                choice("speak", "well", {}, to("leanne-ends")),
            ],
        )
        | {
            "scene": [
                piece("<p>They promised you.</p>", PROMISED, otherwise="<p>They asked you.</p>")
            ]
        },
        "leanne-ends": ending("Her evening", "mixed"),
        "marc-waits": node("passage", "Behind the wall", goto=[to("marc-ends")]),
        "marc-ends": ending("His evening", "mixed"),
    },
    "best": [],
}
