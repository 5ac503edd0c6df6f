"""The facilitator pack: a scenario or a module as one page to print, from the same files.

What the compiled scenario holds is taken from there; the trainer's notes, which no player ever
gets, and the evidence in full come from the course. The page needs no other file and no script.
"""

from __future__ import annotations

import re
import textwrap
from base64 import b64encode
from collections.abc import Iterable, Mapping
from importlib import resources
from itertools import pairwise

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from collabcomm.course import models as c
from collabcomm.course.compiler import Compiler, Json, Translate, block, inline, plain
from collabcomm.engine.replay import best_response, gotos
from collabcomm.engine.scoring import play
from collabcomm.errors import NotFound
from collabcomm.texts import catalogue, did_you_mean

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WIDTH, GAP, LINE, ROW_GAP = 720, 18, 15, 38  # of the map, in its own units
_LIGHT = re.compile(r":root \{[^}]*\}")
_OWN = ("pack", "book", "player")


class UnknownPack(NotFound):
    """A name that is neither a scenario's nor a module's."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name, self.known = name, list(known)
        super().__init__(f"no scenario or module '{name}'.{did_you_mean(name, self.known)}")


def pack(course: c.Course, name: str, translate: Translate = str) -> str:
    """Return the pack of a scenario, or of a module where no scenario has the name, as HTML.

    Give it a course that ``check`` found sound.

    Raises
    ------
    UnknownPack
        Where the course has neither.
    """
    teller = _Teller(course, translate)
    module = None
    if name in course.scenarios:
        names = [name]
    elif name in course.modules:
        names, module = course.modules[name].scenarios, teller.module(name)
    else:
        raise UnknownPack(name, [*course.scenarios, *course.modules])
    env = Environment(
        loader=PackageLoader("collabcomm.pack", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return env.get_template("pack.html.j2").render(
        t=teller.text,
        parts=teller.parts,
        lang=course.info.language,
        course=teller.plain(course.info.title),
        module=module,
        stories=[_Story(teller, one).view() for one in names],
        colours=Markup(_light()),
        fonts={name: _font(name) for name in ("latin", "welsh")},
    )


def _light() -> str:
    css = resources.files("collabcomm") / "look" / "colours.css"
    found = _LIGHT.search(css.read_text("utf-8"))
    return found[0] if found else ""


def _font(name: str) -> str:
    file = resources.files("collabcomm") / "look" / "fonts" / f"next-{name}.woff2"
    return b64encode(file.read_bytes()).decode()


class _Teller:
    """The words of one course: its own texts, rendered and cleaned, and the interface's."""

    def __init__(self, course: c.Course, translate: Translate) -> None:
        self.course, self.translate = course, translate
        self.compiler = Compiler(course, translate)
        self.texts = {
            f"{name}:{key}": text
            for name in _OWN
            for key, text in catalogue(name, course.info.language).items()
        }

    def text(self, key: str, **values: object) -> str:
        """Return an interface text; ``book:`` and ``player:`` lead to those catalogues."""
        return self.texts[key if ":" in key else f"pack:{key}"].format(**values)

    def parts(self, key: str) -> list[Markup]:
        """Return the entries of a list of the interface."""
        return [Markup(inline(one.strip())) for one in self.text(key).split(" | ")]

    def plain(self, text: str) -> str:
        """Return a line of the course as plain text."""
        return plain(self.translate(text))

    def block(self, text: str | None) -> Markup | None:
        """Return a text of the course as clean HTML."""
        return Markup(block(self.translate(text))) if text else None

    def notes(self, notes: c.TrainerNotes | None) -> Json:
        """Return the trainer's notes, empty where there are none."""
        return {
            "minutes": notes.minutes if notes else None,
            "prompts": [self.block(one) for one in notes.prompts] if notes else [],
            "likely": self.block(notes.likely) if notes else None,
            "care": self.block(notes.care) if notes else None,
        }

    def module(self, name: str) -> Json:
        """Return the cover and the plan of a module."""
        module = self.course.modules[name]
        stories = [self.course.scenarios[one] for one in module.scenarios]
        return {
            "title": self.plain(module.title),
            "summary": self.block(module.summary),
            "prerequisites": [self.plain(one) for one in module.prerequisites],
            "outcomes": [self.plain(one.text) for one in module.outcomes],
            "misconceptions": [self.plain(one.text) for one in module.misconceptions],
            "lessons": [(self.plain(x.title), x.minutes) for x in module.lessons],
            "lessons_sum": sum(x.minutes for x in module.lessons),
            "scenarios": [
                (self.plain(x.title), x.minutes, x.trainer.minutes if x.trainer else None)
                for x in stories
            ],
            "scenarios_sum": (
                sum(x.minutes for x in stories),
                sum(x.trainer.minutes for x in stories if x.trainer),
            ),
            "workshop": module.workshop,
        }

    def sure(self, reference: c.Reference) -> Json:
        """Return a reference, in short and in full, with how sure the project is of it."""
        word = self.text(f"book:book.evidence.confidence.{reference.confidence}")
        where = [reference.title, reference.where, reference.url or ""]
        return {
            "label": reference.label,
            "sure": word,
            "full": ". ".join(part.rstrip(".") for part in where if part),
        }

    def references(self, claim: c.Claim) -> list[c.Reference]:
        """Return the references of a claim."""
        return [self.course.references[f"ref{ref:02d}"] for ref in claim.refs]

    def claim(self, name: str) -> str:
        """Return a claim's statement, with its references and how sure each of them is."""
        claim = self.course.claims[name]
        sources = "; ".join(
            "{label}, {sure}".format(**self.sure(one)) for one in self.references(claim)
        )
        return self.text("card.claim", statement=self.plain(claim.statement), sources=sources)

    def basis(self, part: c.Choice | c.Item) -> Json:
        """Return what a choice or an item rests on."""
        sources = [self.sure(self.course.references[key]) for key in part.sources]
        return {
            "basis": self.text(f"player:player.basis.{part.basis}") if part.basis else None,
            "evidence": [
                *(self.claim(key) for key in part.claims),
                *(self.text("card.source", label=x["label"], sure=x["sure"]) for x in sources),
            ],
        }


class _Story:
    """One scenario as the template shows it. Moments are numbered by steps from the start."""

    def __init__(self, teller: _Teller, name: str) -> None:
        self.teller, self.t = teller, teller.text
        self.model = teller.course.scenarios[name]
        self.data = teller.compiler.scenario(name)
        self.nodes: Mapping[str, Json] = self.data["nodes"]
        self.onward = {
            key: list(dict.fromkeys(goto["node"] for goto in gotos(node)))
            for key, node in self.nodes.items()
        }
        self.distance = _distances(self.onward, self.data["start"])
        order = list(self.nodes)
        ends = {key: node["kind"] == "ending" for key, node in self.nodes.items()}
        self.order = sorted(order, key=lambda k: (ends[k], self.distance[k], order.index(k)))
        self.number = {key: n for n, key in enumerate(self.order, 1)}
        self.best = play(self.data, self.data["best"])

    def title(self, name: str) -> str:
        """Return what a moment is called."""
        node = self.nodes[name]
        own = node["ending"]["title"] if node["kind"] == "ending" else node["title"]
        return str(own or self.t("card.scene", n=self.number[name]))

    def to(self, name: str) -> str:
        """Return a moment's number and title."""
        return self.t("map.to", number=self.number[name], title=self.title(name))

    def view(self) -> Json:
        """Return all that the template shows."""
        data, model = self.data, self.model
        cards = [self.card(key) for key in self.order]
        found = (o for m in self.teller.course.modules.values() for o in m.outcomes)
        outcomes = {o.id: self.teller.plain(o.text) for o in found}
        return {
            "id": data["id"],
            "title": data["title"],
            "version": data["version"],
            "summary": Markup(data["summary"]),
            "role": Markup(data["role"]),
            "content_note": Markup(data["content_note"]) if data["content_note"] else None,
            "cast": data["cast"],
            "meters": data["meters"],
            "outcomes": [outcomes[key] for key in model.outcomes if key in outcomes],
            "minutes": model.minutes,
            "notes": self.teller.notes(model.trainer),
            "times": self.times(),
            "map": self.map(),
            "ways": [self.ways(key) for key in self.order],
            "cards": [card for card in cards if card["kind"] != "ending"],
            "endings": [card for card in cards if card["kind"] == "ending"],
            "best": self.best_path(),
            "claims": self.claims(),
            "sources": self.sources(),
            "handouts": [
                card for card in map(self.handout, self.order) if card["choices"] or card["item"]
            ],
        }

    # ---------------------------------------------------------------------- minutes

    def times(self) -> Json:
        """Return the minutes of each moment, added up against the plan for the whole."""
        planned = {
            key: node.trainer.minutes for key, node in self.model.nodes.items() if node.trainer
        }
        low, high = _span(self.onward, planned, self.data["start"])
        plan = self.model.trainer.minutes if self.model.trainer else None
        on_best = sum(planned.get(key, 0) for key in set(self.best.nodes))
        rows = [
            (self.number[key], self.title(key), planned.get(key))
            for key in self.order
            if self.nodes[key]["kind"] != "ending"
        ]
        return {
            "rows": rows,
            "sum": sum(planned.values()),
            "low": low,
            "high": high,
            "plan": plan,
            "best": on_best if self.best.ending else None,
        }

    # -------------------------------------------------------------------------- map

    def map(self) -> Json:
        """Return the boxes and the lines of the path map."""
        rows = self.rows()
        widest = max(map(len, rows))
        width = min(170.0, (WIDTH - GAP * (widest + 1)) / widest)
        titles = {
            key: textwrap.wrap(self.to(key), max(8, int((width - 12) / 6.7))) for key in self.order
        }
        height = 16 + LINE * max(map(len, titles.values()))
        place = {
            key: (WIDTH * (i + 0.5) / len(row), 4 + y * (height + ROW_GAP))
            for y, row in enumerate(rows)
            for i, key in enumerate(row)
        }
        best = set(pairwise(self.best.nodes))
        column = {key: i for row in rows for i, key in enumerate(row)}
        lines = [
            {
                "d": _line(
                    place[a],
                    place[b],
                    width,
                    height,
                    beside=self.distance[a] == self.distance[b] and abs(column[a] - column[b]) == 1,
                ),
                "best": (a, b) in best,
                "aside": self.distance[b] <= self.distance[a],
            }
            for a in self.order
            for b in self.onward[a]
        ]
        bows = any(self.distance[b] == len(rows) - 1 for a in rows[-1] for b in self.onward[a])
        boxes = [
            {
                "x": round(place[key][0] - width / 2, 1),
                "y": round(place[key][1], 1),
                "middle": round(place[key][0], 1),
                "lines": titles[key],
                "first": round(
                    place[key][1] + (height - LINE * (len(titles[key]) - 1)) / 2 + 4.5, 1
                ),
                "ending": self.nodes[key]["kind"] == "ending",
                "best": key in self.best.nodes,
            }
            for key in self.order
        ]
        return {
            "rows": len(rows),
            "nodes": len(self.order),
            "width": WIDTH,
            "height": len(rows) * (height + ROW_GAP) - ROW_GAP + (40 if bows else 8),
            "box": (round(width, 1), height),
            "line": LINE,
            "boxes": boxes,
            "lines": sorted(lines, key=lambda x: (bool(x["best"]), not x["aside"])),
        }

    def rows(self) -> list[list[str]]:
        """Return the moments by distance; in a row each stands near those that lead to it."""
        depth = max(self.distance.values())
        rows = [[k for k in self.order if self.distance[k] == n] for n in range(depth + 1)]
        place: dict[str, float] = {}
        for row in rows:
            above = {
                key: [place[a] for a in place if key in self.onward[a]] or [0.5] for key in row
            }
            row.sort(key=lambda key: (sum(above[key]) / len(above[key]), self.number[key]))
            place.update({key: (i + 0.5) / len(row) for i, key in enumerate(row)})
        return rows

    def ways(self, name: str) -> Json:
        """Return where a moment leads, in words."""
        node = self.nodes[name]
        chosen: dict[tuple[str, ...], list[str]] = {}
        for letter, choice in zip(LETTERS, node.get("choices", ()), strict=False):
            ends = tuple(
                sorted({goto["node"] for goto in choice["goto"]}, key=self.number.__getitem__)
            )
            chosen.setdefault(ends, []).append(letter)
        onward = sorted(self.onward[name], key=self.number.__getitem__)
        either = self.t("map.or")
        if node["kind"] == "ending":
            where = [self.t("map.ends")]
        elif len(chosen) == 1 or not chosen:
            where = [self.t("map.then", to=either.join(map(self.to, onward)))]
        else:
            where = [
                self.t("map.choice", letters=", ".join(letters), to=either.join(map(self.to, ends)))
                for ends, letters in chosen.items()
            ]
        start = name == self.data["start"]
        return {"title": self.to(name), "start": start, "where": "; ".join(where)}

    # ------------------------------------------------------------------------ cards

    def scene(self, name: str) -> Json:
        """Return what all may see and hear of a moment, and nothing else."""
        node = self.nodes[name]
        cast = {person["id"]: person["name"] for person in self.data["cast"]}
        return {
            "id": f"{self.data['id']}-{name}",
            "number": self.number[name],
            "title": self.title(name),
            "kind": node["kind"],
            "scene": Markup(node["scene"]),
            "lines": [(cast[x["who"]], Markup(x["says"])) for x in node["lines"]],
            "ask": Markup(node["ask"]) if node.get("ask") else None,
        }

    def handout(self, name: str) -> Json:
        """Return a moment as participants get it on paper: nothing of the trainer's part."""
        node = self.nodes[name]
        item = node.get("item")
        shown = None
        if item:
            offered = item.get("options") or item.get("prompts") or item.get("steps") or []
            shown = {
                "stem": Markup(item["stem"]),
                "options": self.lettered(one["text"] for one in offered),
                "answers": [Markup(one["text"]) for one in item.get("answers", ())],
            }
        return {
            **self.scene(name),
            "choices": self.lettered(one["text"] for one in node.get("choices", ())),
            "item": shown,
        }

    def lettered(self, texts: Iterable[str]) -> list[tuple[str, Markup]]:
        """Return texts with the letters by which the group names them."""
        return [(letter, Markup(text)) for letter, text in zip(LETTERS, texts, strict=False)]

    def card(self, name: str) -> Json:
        """Return a moment as the trainer needs it."""
        node, model = self.nodes[name], self.model.nodes[name]
        choices = [
            self.choice(letter, model.choices[i], choice)
            for i, (letter, choice) in enumerate(
                zip(LETTERS, node.get("choices", ()), strict=False)
            )
        ]
        return {
            **self.scene(name),
            "choices": choices,
            "together": bool(choices) and all(x["leads"] == choices[0]["leads"] for x in choices),
            "item": self.item(model.item, node["item"]) if model.item else None,
            "leads": self.leads(node.get("goto", ())),
            "ending": self.t(f"player:player.ending.{node['ending']['kind']}")
            if node["kind"] == "ending"
            else None,
            "debrief": Markup(node["debrief"]) if node["kind"] == "ending" else None,
            "notes": self.teller.notes(model.trainer),
        }

    def choice(self, letter: str, model: c.Choice, data: Json) -> Json:
        """Return a choice with what follows from it, and why."""
        labels = {m["id"]: m["label"] for m in self.data["meters"]}
        moves = (
            self.t("card.move", label=labels[key], by=f"{by:+d}".replace("-", "−"))
            for key, by in model.effects.items()
        )
        return {
            "letter": letter,
            "text": Markup(data["text"]),
            "support": model.support,
            "mark": self.t(f"player:player.support.{model.support}"),
            "consequence": Markup(data["consequence"]),
            "feedback": Markup(data["feedback"]),
            "moves": ", ".join(moves),
            "leads": self.leads(data["goto"]),
            **self.teller.basis(model),
        }

    def item(self, model: c.Item, data: Json) -> Json:
        """Return a quiz item with its key."""
        return {
            "stem": Markup(data["stem"]),
            "answers": self.answers(model, data),
            "explanation": Markup(data["explanation"]) if data["explanation"] else None,
            **self.teller.basis(model),
        }

    def answers(self, model: c.Item, data: Json) -> list[Json]:
        """Return what an item offers, each with what is right or wrong about it."""
        rows: list[tuple[str, tuple[str, str] | None, str | None]]
        if isinstance(model, c.Matching):
            right = best_response(data)
            texts = {one["id"]: one["text"] for one in data["answers"]}
            rows = [
                (f"{one['text']} → {texts[right[one['id']]]}", None, one["feedback"])
                for one in data["prompts"]
            ]
        elif isinstance(model, c.Sequencing):
            texts = {one["id"]: one["text"] for one in data["steps"]}
            rows = [(texts[step.id], None, None) for step in model.steps]
        elif isinstance(model, c.ShortText):
            rows = [(inline(form), None, data["replies"].get(form)) for form in data["weights"]]
        else:
            rows = [
                (one["text"], self.mark(model, data, one), one.get("feedback"))
                for one in data.get("options", ())
            ]
        return [
            {
                "letter": letter,
                "text": Markup(text),
                "support": support,
                "mark": self.t(f"player:player.{support[0]}.{support[1]}") if support else None,
                "feedback": Markup(feedback) if feedback else None,
            }
            for letter, (text, support, feedback) in zip(LETTERS, rows, strict=False)
        ]

    @staticmethod
    def mark(model: c.Item, data: Json, option: Json) -> tuple[str, str] | None:
        """Return the catalogue's group and word for how good an option is."""
        if model.type in c.UNSCORED:
            return None
        if isinstance(model, c.Judgement):
            return "support", option["support"]
        right = data["weights"].get(option["id"], 0) > 0
        return "option.picked", "well" if right else "poorly"

    def leads(self, entries: Iterable[Json]) -> list[tuple[str | None, str]]:
        """Return where it goes on, each with its condition in words."""
        found: list[tuple[str | None, str]] = []
        for goto in entries:
            when = self.t("when.and").join(map(self.condition, goto["when"]))
            word = self.t("card.if", when=when) if when else None
            if found and not when:
                word = self.t("card.otherwise")
            found.append((word, self.to(goto["node"])))
        return found

    def condition(self, test: Json) -> str:
        """Return one test of a condition in words."""
        if "visited" in test:
            key = "when.visited" if test["is"] else "when.not_visited"
            return self.t(key, node=self.to(test["visited"]))
        labels = {m["id"]: m["label"] for m in self.data["meters"]}
        return self.t(f"when.{test['op']}", meter=labels[test["meter"]], value=test["value"])

    # --------------------------------------------------------------------- evidence

    def best_path(self) -> Json | None:
        """Return the best-supported path, choice by choice."""
        if not self.best.ending:
            return None
        steps = []
        for name, chosen in zip(self.best.nodes, self.best.choices, strict=False):
            choices = self.nodes[name].get("choices", ())
            lettered = zip(LETTERS, choices, strict=False)
            text = next(
                ((letter, Markup(x["text"])) for letter, x in lettered if x["id"] == chosen), None
            )
            steps.append((self.to(name), text))
        raw, most = (f"{n:g}" for n in (self.best.raw, self.best.max))
        return {"steps": steps, "raw": raw, "max": most, "ending": self.to(self.best.ending)}

    def grounds(self) -> list[c.Choice | c.Item]:
        """Return all that names evidence, in the order of the cards."""
        nodes = [self.model.nodes[key] for key in self.order]
        return [x for node in nodes for x in (*node.choices, *([node.item] if node.item else ()))]

    def claims(self) -> list[Json]:
        """Return every claim that the scenario rests on, once."""
        names = dict.fromkeys(key for part in self.grounds() for key in part.claims)
        return [
            {
                "text": self.teller.claim(name),
                "note": self.teller.plain(note)
                if (note := self.teller.course.claims[name].note)
                else None,
            }
            for name in names
        ]

    def sources(self) -> list[Json]:
        """Return every reference that the scenario rests on, those of its claims included."""
        course, parts = self.teller.course, self.grounds()
        own = (course.references[key] for part in parts for key in part.sources)
        names = dict.fromkeys(key for part in parts for key in part.claims)
        theirs = (x for key in names for x in self.teller.references(course.claims[key]))
        found = {one.key: one for one in (*own, *theirs)}
        ordered = sorted(found.values(), key=lambda x: (x.label.lower(), x.key))
        return [self.teller.sure(one) for one in ordered]


# ------------------------------------------------------------------------------ the graph


def _distances(onward: Mapping[str, list[str]], start: str) -> dict[str, int]:
    """Return the fewest steps to each node; nodes that nothing leads to come last."""
    found = {start: 0}
    for name in (queue := [start]):
        for to in onward[name]:
            if to not in found:
                found[to] = found[name] + 1
                queue.append(to)
    last = max(found.values()) + 1
    return {name: found.get(name, last) for name in onward}


def _span(
    onward: Mapping[str, list[str]], minutes: Mapping[str, int], start: str
) -> tuple[int, int]:
    """Return the fewest and the most minutes on a way from the start.

    Conditions are not read, and a way back to a node on the way is left out, so that the most is
    what a group may need, and never less.
    """
    known: dict[str, tuple[int, int]] = {}
    on_way: set[str] = set()

    def walk(name: str) -> tuple[int, int]:
        if name not in known:
            on_way.add(name)
            spans = [walk(to) for to in onward[name] if to not in on_way] or [(0, 0)]
            on_way.discard(name)
            own = minutes.get(name, 0)
            known[name] = (own + min(x[0] for x in spans), own + max(x[1] for x in spans))
        return known[name]

    return walk(start)


def _line(
    start: tuple[float, float],
    end: tuple[float, float],
    width: float,
    height: float,
    beside: bool,
) -> str:
    """Return the path of a line from box to box: down, sideways, or in a bow back."""
    (x, y), (to_x, to_y) = start, end
    if to_y > y:
        bend = (to_y - y - height) * 0.5
        points = (x, y + height, x, y + height + bend, to_x, to_y - 4 - bend, to_x, to_y - 4)
    elif beside:
        side = width / 2 if to_x > x else -width / 2
        tip = 4 if to_x > x else -4
        level = y + height / 2
        return f"M{x + side:.1f} {level:.1f}L{to_x - side - tip:.1f} {level:.1f}"
    elif to_y == y:
        low = y + height
        points = (x, low, x, low + 30, to_x, low + 34, to_x, low + 4)
    else:
        edge = x + width / 2 + 24
        points = (x + width / 2, y + 8, edge, y, edge, to_y + height, to_x, to_y + height + 4)
    return "M{:.1f} {:.1f}C{:.1f} {:.1f} {:.1f} {:.1f} {:.1f} {:.1f}".format(*points)
