"""One scenario as the pack shows it: minutes, map, ways, cards, best path and evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from markupsafe import Markup

from collabcomm.course.compiler import Json
from collabcomm.engine.graph import own_nodes, reach
from collabcomm.engine.types import Chair
from collabcomm.pack.cards import Cards
from collabcomm.pack.map import path_map
from collabcomm.pack.moments import LETTERS, Moments
from collabcomm.pack.teller import Teller


def story(teller: Teller, scenario_id: str) -> Json:
    """Return all that the template shows of a scenario."""
    moments = Moments(teller, scenario_id)
    cards_of = Cards(moments)
    data, model = moments.data, moments.model
    cards = [cards_of.card(key) for key in moments.order]
    own = own_nodes(data)
    found = (o for m in moments.teller.course.modules.values() for o in m.outcomes)
    outcomes = {o.id: moments.teller.plain(o.text) for o in found}
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
        "notes": moments.notes(""),
        "times": times_of(moments),
        "map": path_map(moments),
        "ways": [ways_of(moments, key) for key in moments.story],
        "cards": [card for card in cards if card["kind"] != "ending" and card["node"] in own],
        "endings": [card for card in cards if card["kind"] == "ending" and card["node"] in own],
        "chairs": [chair_of(moments, chair, cards) for chair in data.get("chairs", [])],
        "best": best_path_of(moments),
        "claims": claims_of(moments),
        "sources": sources_of(moments),
        "handouts": [
            card for card in map(cards_of.handout, moments.story) if card["choices"] or card["item"]
        ],
    }


def chair_of(moments: Moments, chair: Chair, cards: Iterable[Json]) -> Json:
    """Return another person's chair with its cards."""
    names = {person["id"]: person["name"] for person in moments.data["cast"]}
    seated = reach(moments.onward, [chair["start"]])
    return {
        "title": moments.t("chair.title", name=names[chair["who"]]),
        "role": Markup(chair["role"]),
        "start": moments.to(chair["start"]),
        "cards": [card for card in cards if card["node"] in seated],
    }


def times_of(moments: Moments) -> Json:
    """Return the minutes of each moment, added up against the plan for the whole."""
    planned = {
        key: node.trainer.minutes
        for key, node in moments.model.nodes.items()
        if node.trainer and key in moments.story
    }
    low, high = span(moments.onward, planned, moments.data["start"])
    plan = moments.model.trainer.minutes if moments.model.trainer else None
    on_best = sum(planned.get(key, 0) for key in set(moments.best.nodes))
    rows = [
        (moments.number[key], moments.title(key), planned.get(key))
        for key in moments.story
        if moments.nodes[key]["kind"] != "ending"
    ]
    return {
        "rows": rows,
        "sum": sum(planned.values()),
        "low": low,
        "high": high,
        "plan": plan,
        "best": on_best if moments.best.ending else None,
    }


def ways_of(moments: Moments, node_id: str) -> Json:
    """Return where a moment leads, in words."""
    node = moments.nodes[node_id]
    chosen: dict[tuple[str, ...], list[str]] = {}
    for letter, choice in zip(LETTERS, moments.choices(node_id), strict=False):
        ends = tuple(moments.among({goto["node"] for goto in choice["goto"]}))
        chosen.setdefault(ends, []).append(letter)
    onward = moments.among(moments.onward[node_id])
    either = moments.t("map.or")
    if node["kind"] == "ending":
        where = [moments.t("map.ends")]
    elif len(chosen) == 1 or not chosen:
        where = [moments.t("map.then", to=either.join(map(moments.to, onward)))]
    else:
        where = [
            moments.t(
                "map.choice", letters=", ".join(letters), to=either.join(map(moments.to, ends))
            )
            for ends, letters in chosen.items()
        ]
    start = node_id == moments.data["start"]
    return {"title": moments.to(node_id), "start": start, "where": "; ".join(where)}


def best_path_of(moments: Moments) -> Json | None:
    """Return the best-supported path, choice by choice."""
    if not moments.best.ending:
        return None
    steps = []
    for node_id, chosen in zip(moments.best.nodes, moments.best.choices, strict=False):
        choices = moments.choices(node_id)
        lettered = zip(LETTERS, choices, strict=False)
        text = next(
            ((letter, Markup(x["text"])) for letter, x in lettered if x["id"] == chosen), None
        )
        steps.append((moments.to(node_id), text))
    raw, most = (f"{n:g}" for n in (moments.best.raw, moments.best.max))
    return {"steps": steps, "raw": raw, "max": most, "ending": moments.to(moments.best.ending)}


def claims_of(moments: Moments) -> list[Json]:
    """Return every claim that the scenario rests on, once."""
    claim_ids = dict.fromkeys(key for part in moments.grounds() for key in part.claims)
    return [
        {
            "text": moments.teller.claim(claim_id),
            "note": moments.teller.plain(note)
            if (note := moments.teller.course.claims[claim_id].note)
            else None,
        }
        for claim_id in claim_ids
    ]


def sources_of(moments: Moments) -> list[Json]:
    """Return every reference that the scenario rests on, those of its claims included."""
    course, parts = moments.teller.course, moments.grounds()
    own = (course.references[key] for part in parts for key in part.sources)
    claim_ids = dict.fromkeys(key for part in parts for key in part.claims)
    theirs = (x for key in claim_ids for x in moments.teller.references(course.claims[key]))
    found = {ref.key: ref for ref in (*own, *theirs)}
    ordered = sorted(found.values(), key=lambda x: (x.label.lower(), x.key))
    return [moments.teller.sure(ref) for ref in ordered]


def span(
    onward: Mapping[str, list[str]], minutes: Mapping[str, int], start: str
) -> tuple[int, int]:
    """Return the fewest and the most minutes on a way from the start.

    Conditions are not read, and a way back to a node on the way is left out, so that the most is
    what a group may need, and never less.
    """
    known: dict[str, tuple[int, int]] = {}
    on_way: set[str] = set()

    def walk(node_id: str) -> tuple[int, int]:
        if node_id not in known:
            on_way.add(node_id)
            spans = [walk(to) for to in onward[node_id] if to not in on_way] or [(0, 0)]
            on_way.discard(node_id)
            own = minutes.get(node_id, 0)
            known[node_id] = (own + min(x[0] for x in spans), own + max(x[1] for x in spans))
        return known[node_id]

    return walk(start)
