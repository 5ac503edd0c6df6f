"""A card a moment: what all may see of it, what the trainer needs, and a handout without that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup

from collabcomm.course.compiler import Json
from collabcomm.course.items import Item
from collabcomm.course.scenarios import Choice
from collabcomm.engine.items.author import Told
from collabcomm.pack.moments import LETTERS, Moments


class Cards:
    """The cards of one scenario."""

    def __init__(self, moments: Moments) -> None:
        self.moments = moments

    def scene(self, node_id: str) -> Json:
        """Return what all may see and hear of a moment, and nothing else."""
        node = self.moments.nodes[node_id]
        cast = {person["id"]: person["name"] for person in self.moments.data["cast"]}
        return {
            "node": node_id,
            "id": f"{self.moments.data['id']}-{node_id}",
            "number": self.moments.number[node_id],
            "title": self.moments.title(node_id),
            "kind": node["kind"],
            "scene": self.moments.text(node["scene"]),
            "lines": [
                (cast[x["who"]], self.moments.words.lead(x.get("when", [])), Markup(x["says"]))
                for x in node["lines"]
            ],
            "ask": self.moments.text(node["ask"]) if node.get("ask") else None,
        }

    def handout(self, node_id: str) -> Json:
        """Return a moment as participants get it on paper: nothing of the trainer's part."""
        item = self.moments.model.nodes[node_id].item
        shown = None
        if item:
            teller = self.moments.teller
            options, *answers = item.offered() or [[]]
            compared = item.compared()
            shown = {
                "stem": teller.block(item.stem),
                "options": self.lettered(map(teller.inline, options)),
                "answers": [teller.inline(text) for texts in answers for text in texts],
                "lines": compared.lines if compared else None,
            }
        return {
            **self.scene(node_id),
            "choices": self.lettered(part["text"] for part in self.moments.choices(node_id)),
            "item": shown,
        }

    def lettered(self, texts: Iterable[str]) -> list[tuple[str, Markup]]:
        """Return texts with the letters by which the group names them."""
        return [(letter, Markup(text)) for letter, text in zip(LETTERS, texts, strict=False)]

    def card(self, node_id: str) -> Json:
        """Return a moment as the trainer needs it."""
        node, model = self.moments.nodes[node_id], self.moments.model.nodes[node_id]
        models = {choice.id: choice for choice in model.choices}
        choices = [
            self.choice(letter, models[choice["id"]], choice)
            for letter, choice in zip(LETTERS, self.moments.choices(node_id), strict=False)
        ]
        return {
            **self.scene(node_id),
            "choices": choices,
            "together": bool(choices) and all(x["leads"] == choices[0]["leads"] for x in choices),
            "item": self.item(model.item, node["item"]) if model.item else None,
            "leads": self.leads(node.get("goto", ())),
            "ending": self.moments.t(f"player:player.ending.{node['ending']['kind']}")
            if node["kind"] == "ending"
            else None,
            "debrief": self.moments.text(node["debrief"]) if node["kind"] == "ending" else None,
            "notes": self.moments.notes(node_id),
        }

    def choice(self, letter: str, model: Choice, data: Mapping[str, Any]) -> Json:
        """Return a choice with what follows from it, and why."""
        moves = [self.moved(data["effects"])]
        for effect in data.get("also", ()):
            when = self.moments.words.of(effect["when"])
            moves.append(f"{self.moved(effect['by'])} {self.moments.t('card.if', when=when)}")
        skills = {skill["id"]: skill["label"] for skill in self.moments.data.get("skills", ())}
        return {
            "letter": letter,
            "text": Markup(data["text"]),
            "support": model.support,
            "mark": self.moments.t(f"player:player.support.{model.support}"),
            "consequence": self.moments.text(data["consequence"]),
            "feedback": self.moments.text(data["feedback"]),
            "reason": self.moments.text(data["reason"]) if "reason" in data else None,
            "arguments": {key: Markup(text) for key, text in data.get("arguments", {}).items()},
            "moves": "; ".join(filter(None, moves)),
            "skills": self.added(data.get("skills", {}), skills),
            "leads": self.leads(data["goto"]),
            **self.moments.teller.basis(model),
        }

    def moved(self, effects: Mapping[str, int]) -> str:
        """Return how meters move."""
        return self.added(effects, {m["id"]: m["label"] for m in self.moments.data["meters"]})

    def added(self, effects: Mapping[str, int], labels: Mapping[str, str]) -> str:
        """Return how much is added to what."""
        return ", ".join(
            self.moments.t("card.move", label=labels[key], by=f"{by:+d}".replace("-", "−"))
            for key, by in effects.items()
        )

    def item(self, model: Item, data: Json) -> Json:
        """Return a quiz item with its key."""
        return {
            "stem": Markup(data["stem"]),
            "answers": self.answers(model),
            "explanation": Markup(data["explanation"]) if data["explanation"] else None,
            "compared": self.compared(model),
            **self.moments.teller.basis(model),
        }

    def compared(self, model: Item) -> Json | None:
        """Return what a text that participants write is held to."""
        teller, compared = self.moments.teller, model.compared()
        if not compared:
            return None
        points = [teller.inline(text) for text in compared.points]
        return {"model": teller.block(compared.model), "points": points}

    def answers(self, model: Item) -> list[Json]:
        """Return what an item offers, each with what is right or wrong about it."""
        teller, t = self.moments.teller, self.moments.t
        lines = model.told() or [Told(text) for texts in model.offered() for text in texts]
        return [
            {
                "letter": letter,
                "text": Markup(" → ").join(map(teller.inline, told.pair)),
                "support": told.verdict.rpartition(".")[2] if told.verdict else None,
                "mark": t(f"player:player.{told.verdict}") if told.verdict else None,
                "feedback": teller.block(told.feedback or None),
            }
            for letter, told in zip(LETTERS, lines, strict=False)
        ]

    def leads(self, entries: Iterable[Json]) -> list[tuple[str | None, str]]:
        """Return where it goes on, each with its condition in words."""
        found: list[tuple[str | None, str]] = []
        for goto in entries:
            when = self.moments.words.of(goto["when"])
            word = self.moments.t("card.if", when=when) if when else None
            if found and not when:
                word = self.moments.t("card.otherwise")
            found.append((word, self.moments.to(goto["node"])))
        return found
