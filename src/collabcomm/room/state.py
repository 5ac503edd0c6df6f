"""A trainer's room: how a group steers a scenario together, as a state and what may be done to it.

Pure: a room's state is a plain value that the store keeps, and ``act`` returns the next one. What
participants, the big screen and the trainer's console see is made from it by a view each, so that
nothing of the trainer's can leak into the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from collabcomm.engine.items import type_of
from collabcomm.engine.people import Code
from collabcomm.engine.replay import passing_response, shortest_way
from collabcomm.engine.scoring import Compiled, Path, play
from collabcomm.errors import Conflict

# Short enough to type from across a room; no vowels, so that a code spells no word.
ROOM_CODE = Code("BCDFGHJKLMNPQRSTVWXZ23456789", 3)
PHASES = ("scene", "vote", "tally", "compare", "consequence", "evidence", "ended")
MAX_NOTES = 20_000
Json = dict[str, Any]
Counts = Mapping[str, int]


class RoomRefused(Conflict):
    """Something that cannot be done in the room now; the text says why."""


@dataclass(frozen=True)
class Room:
    """A room as the store keeps it.

    ``owner`` is the trainer (empty on a laptop of one), ``screen`` the key of the projector's view,
    ``rev`` counts the changes of ``state``, ``notes`` are the trainer's own and go to no view but
    the console.
    """

    code: str
    owner: str
    scenario: str
    version: str
    screen: str
    created: datetime
    rev: int = 0
    state: Json = field(default_factory=dict)
    notes: str = ""
    ended: datetime | None = None


def opening() -> Json:
    """Return the state of a new room: at the first scene, nothing voted."""
    return {
        "steps": [],
        "phase": "scene",
        "ballot": None,
        "ballots": [],
        "chosen": [],
        "log": [],
        "timer": None,
        "paused": False,
    }


# ----------------------------------------------------------------------- where it stands


def path_of(scenario: Compiled, state: Json) -> Path:
    """Return the path that the group has taken so far."""
    return play(scenario, state["steps"])


def choices_at(node: Compiled) -> list[Json]:
    """Return what can be voted for at a node: its choices, or its item's options; often nothing."""
    if node["kind"] == "decision":
        return [{"id": c["id"], "text": c["text"]} for c in node["choices"]]
    if node["kind"] == "item" and (item_type := type_of(node["item"])).votable:
        return [{"id": o["id"], "text": o["text"]} for o in item_type.parts(node["item"])]
    return []  # other items are passed with "next"


def ballot_of(state: Json) -> Json | None:
    """Return the vote that is open."""
    number = state["ballot"]
    return None if number is None else dict(state["ballots"][number - 1])


def leader(counts: Counts) -> str | None:
    """Return what most voted for; None without votes and where several lead."""
    ranked = Counter(counts).most_common(2)
    if not ranked or not ranked[0][1] or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]


# -------------------------------------------------------------------------- what is done


def act(
    scenario: Compiled, state: Json, action: Mapping[str, Any], counts: Counts, now: datetime
) -> Json:
    """Return the state after something that the trainer does.

    ``action`` is ``{"do": name, ...}`` with a name of ``ACTIONS``; ``counts`` are the votes of the
    ballot that is open.

    Raises
    ------
    RoomRefused
        Where it cannot be done now, or names what is not there.
    """
    name = action.get("do")
    doing = ACTIONS.get(name) if isinstance(name, str) else None
    if doing is None:
        raise RoomRefused("There is nothing of this name to do.")
    if state["phase"] == "ended" and name != "reopen":
        raise RoomRefused("This room has ended. Open it again to go on.")
    moment = Moment(scenario, {**state, "ballots": list(state["ballots"])}, counts, now)
    doing(moment, action)
    return moment.state


class Moment:
    """The state while something is done to it."""

    def __init__(self, scenario: Compiled, state: Json, counts: Counts, now: datetime) -> None:
        self.scenario, self.state, self.counts, self.now = scenario, state, counts, now
        self.at = path_of(scenario, state).at
        self.node = scenario["nodes"][self.at]
        self.choices = choices_at(self.node)

    def phase(self, name: str, **changes: Any) -> None:
        """Go to a phase."""
        self.state.update(phase=name, **changes)

    def close(self) -> None:
        """Close the vote that is open, and keep its counts."""
        number = self.state["ballot"]
        if number is None:
            return
        kept = {choice["id"]: self.counts.get(choice["id"], 0) for choice in self.choices}
        done = {**self.state["ballots"][number - 1], "counts": kept, "closed": self.now.isoformat()}
        self.state["ballots"][number - 1] = done
        self.state["ballot"] = None

    def known(self, name: Any) -> str:
        """Return the id of a choice at this node; refuse another."""
        found = next((choice["id"] for choice in self.choices if choice["id"] == name), None)
        if found is None:
            raise RoomRefused("There is no such choice here.")
        return str(found)

    def need(self, *phases: str) -> None:
        """Refuse in any other phase."""
        if self.state["phase"] not in phases:
            raise RoomRefused("This cannot be done at this point.")

    def note(self, what: str, **more: Any) -> None:
        """Write what was decided into the room's log."""
        entry = {"at": self.now.isoformat(), "node": self.at, "what": what, **more}
        self.state["log"] = [*self.state["log"], entry]

    def go(self, steps: list[Any]) -> None:
        """Stand where some steps lead, at its scene."""
        self.phase("scene", steps=steps, chosen=[], ballot=None, timer=None)


def _open_vote(m: Moment, _action: Mapping[str, Any]) -> None:
    m.need("scene", "tally", "compare")
    if not m.choices:
        raise RoomRefused("There is nothing to vote on here.")
    ballot = {"node": m.at, "opened": m.now.isoformat(), "closed": None, "counts": None}
    m.state["ballots"].append(ballot)
    m.phase("vote", ballot=len(m.state["ballots"]), chosen=[])


def _close_vote(m: Moment, _action: Mapping[str, Any]) -> None:
    m.need("vote")
    m.close()
    m.phase("tally")


def _choose(m: Moment, action: Mapping[str, Any]) -> None:
    """Take what most voted for, or what the trainer names."""
    m.need("scene", "vote", "tally", "compare")
    if not m.choices:
        raise RoomRefused("There is nothing to choose here.")
    m.close()
    named = action.get("choice")
    if named is None:
        named = leader(_last_counts(m))
        if named is None:
            raise RoomRefused("No single choice leads. Vote again, or name one.")
        how = "majority"
    else:
        how = "trainer"
    one = m.known(named)
    m.note("chosen", choice=one, how=how)
    m.phase("consequence", chosen=[one])


def _last_counts(m: Moment) -> Counts:
    mine = [b["counts"] for b in m.state["ballots"] if b["node"] == m.at and b["counts"]]
    return mine[-1] if mine else {}


def _compare(m: Moment, action: Mapping[str, Any]) -> None:
    """Show where two choices lead, one after the other, before one is taken."""
    m.need("scene", "vote", "tally", "compare")
    pair = action.get("choices")
    if m.node["kind"] != "decision" or not isinstance(pair, list) or len(pair) != 2:
        raise RoomRefused("Name two choices of this decision to compare.")
    both = [m.known(name) for name in pair]
    if both[0] == both[1]:
        raise RoomRefused("Name two different choices.")
    m.close()
    m.note("compared", choices=both)
    m.phase("compare", chosen=both)


def _evidence(m: Moment, _action: Mapping[str, Any]) -> None:
    m.need("consequence")
    m.phase("evidence")


def _next(m: Moment, _action: Mapping[str, Any]) -> None:
    """Go on: from the scene of a passage, or from a choice that was taken."""
    kind = m.node["kind"]
    steps = m.state["steps"]
    if kind == "ending":
        raise RoomRefused("The story has ended. Step back, or end the room.")
    if kind == "passage":
        m.need("scene")
        m.go([*steps, {"node": m.at}])
    elif kind == "item" and not m.choices:
        m.need("scene")
        m.go([*steps, {"node": m.at, "response": passing_response(m.node["item"])}])
    else:
        m.need("consequence", "evidence")
        key = "choice" if kind == "decision" else "response"
        m.go([*steps, {"node": m.at, key: m.state["chosen"][0]}])


def _back(m: Moment, _action: Mapping[str, Any]) -> None:
    """Step back: from what a choice led to to the choice, else to the node before."""
    m.close()
    if m.state["phase"] in ("consequence", "evidence", "compare", "vote", "tally"):
        m.note("back")
        m.phase("scene", chosen=[])
        return
    if not m.state["steps"]:
        raise RoomRefused("This is the beginning.")
    m.note("back")
    m.go(m.state["steps"][:-1])


def _jump(m: Moment, action: Mapping[str, Any]) -> None:
    """Stand at a node of the map, by the shortest way that leads there."""
    steps = shortest_way(m.scenario, str(action.get("node")))
    if steps is None:
        raise RoomRefused("No way leads to that place.")
    m.close()
    m.note("jumped", to=action.get("node"))
    m.go(steps)


def _skip(m: Moment, _action: Mapping[str, Any]) -> None:
    """Pass a decision by its best-supported choice, without showing what it leads to."""
    m.need("scene", "vote", "tally", "compare")
    if m.node["kind"] == "decision":
        well = [c["id"] for c in m.node["choices"] if c["support"] == "well"]
        one = (well or [m.choices[0]["id"]])[0]
    elif m.choices:
        one = passing_response(m.node["item"])
    else:
        raise RoomRefused("There is nothing to skip here: go on.")
    m.close()
    m.note("skipped", choice=one)
    m.state["chosen"] = [one]
    m.state["phase"] = "consequence"
    _next(m, {})


def _pause(m: Moment, _action: Mapping[str, Any]) -> None:
    m.state["paused"] = not m.state["paused"]


def _timer(m: Moment, action: Mapping[str, Any]) -> None:
    """Show how much time is left. Nothing happens when it is over."""
    minutes = action.get("minutes")
    if minutes is None:
        m.state["timer"] = None
        return
    if isinstance(minutes, bool) or not isinstance(minutes, (int, float)) or not 0 < minutes <= 120:
        raise RoomRefused("A timer takes between a moment and two hours.")
    m.state["timer"] = (m.now + timedelta(minutes=minutes)).isoformat()


def _end(m: Moment, _action: Mapping[str, Any]) -> None:
    m.close()
    m.note("ended")
    m.phase("ended", timer=None)


def _reopen(m: Moment, _action: Mapping[str, Any]) -> None:
    m.need("ended")
    m.note("reopened")
    m.phase("scene", chosen=[])


ACTIONS: dict[str, Callable[[Moment, Mapping[str, Any]], None]] = {
    "open_vote": _open_vote,
    "close_vote": _close_vote,
    "choose": _choose,
    "compare": _compare,
    "evidence": _evidence,
    "next": _next,
    "back": _back,
    "jump": _jump,
    "skip": _skip,
    "pause": _pause,
    "timer": _timer,
    "end": _end,
    "reopen": _reopen,
}
