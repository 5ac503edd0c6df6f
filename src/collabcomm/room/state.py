"""A trainer's room: how a group steers a scenario together, as a state and what may be done to it.

Pure: a room's state is a plain value that the store keeps, and ``act`` returns the next one. What
participants, the big screen and the trainer's console see of it is made in ``views.py``.
``docs/engine/room-state.md`` has the table of phases and actions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast, get_args

from collabcomm.engine.items import type_of
from collabcomm.engine.order import choices_in_order
from collabcomm.engine.path import Path, play
from collabcomm.engine.people import Code
from collabcomm.engine.replay import shortest_way
from collabcomm.engine.room import Ballot, Counts, LogEntry, Phase, RoomState
from collabcomm.engine.types import Part, Scenario, Step
from collabcomm.engine.walk import passing_response
from collabcomm.errors import Conflict

# Short enough to type from across a room; no vowels, so that a code spells no word.
ROOM_CODE = Code("BCDFGHJKLMNPQRSTVWXZ23456789", 3)
PHASES: tuple[Phase, ...] = get_args(Phase)
MAX_NOTES = 20_000
MAX_TIMER = 120  # minutes
Message = Mapping[str, Any]  # what a console sends: ``do``, and what the action needs


class RoomRefused(Conflict):
    """Something that cannot be done in the room now; the text says why."""


def opening(seed: str) -> RoomState:
    """Return the state of a new room: at the first scene, nothing voted.

    The scenario's id is its seed, so that the letters on the screen are those of the handouts.
    """
    return {
        "steps": [],
        "phase": "scene",
        "ballot": None,
        "ballots": [],
        "chosen": [],
        "log": [],
        "timer": None,
        "paused": False,
        "seed": seed,
    }


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
    state: RoomState
    rev: int = 0
    notes: str = ""
    ended: datetime | None = None


def path_of(scenario: Scenario, state: RoomState) -> Path:
    """Return the path that the group has taken so far."""
    return play(scenario, state["steps"])


def choices_at(scenario: Scenario, state: RoomState, node_id: str) -> list[Part]:
    """Return what can be voted for at a node, in the room's order: choices, or an item's options.

    Often nothing.
    """
    node = scenario["nodes"][node_id]
    if node["kind"] == "decision":
        choices = choices_in_order(node_id, node, state.get("seed"))
        return [{"id": choice["id"], "text": choice["text"]} for choice in choices]
    if node["kind"] == "item" and (item_type := type_of(node["item"])).votable:
        return [{"id": part["id"], "text": part["text"]} for part in item_type.parts(node["item"])]
    return []  # other items are passed with "next"


def counts_at(state: RoomState, node_id: str) -> list[Counts]:
    """Return the counts of the votes that were closed at a node, the oldest first."""
    here = (ballot for ballot in state["ballots"] if ballot["node"] == node_id)
    return [ballot["counts"] for ballot in here if ballot["counts"] is not None]


def leader(counts: Counts) -> str | None:
    """Return what most voted for; None without votes and where several lead."""
    ranked = Counter(counts).most_common(2)
    if not ranked or not ranked[0][1] or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]


def act(
    scenario: Scenario, state: RoomState, message: Message, counts: Counts, now: datetime
) -> RoomState:
    """Return the state after something that the trainer does; ``state`` itself stays as it is.

    Parameters
    ----------
    message
        ``{"do": name, ...}`` with a name of ``ACTIONS``.
    counts
        The votes of the ballot that is open.
    now
        The time, for the log and the timer.

    Raises
    ------
    RoomRefused
        Where it cannot be done now, or names what is not there.
    """
    name = message.get("do")
    action = ACTIONS.get(name) if isinstance(name, str) else None
    if action is None:
        raise RoomRefused("There is nothing of this name to do.")
    if state["phase"] == "ended" and name != "reopen":
        raise RoomRefused("This room has ended. Open it again to go on.")
    if state["phase"] not in action.phases:
        raise RoomRefused("This cannot be done at this point.")
    steering = Steering(scenario, state, counts, now)
    action.do(steering, message)
    return steering.state


def can(scenario: Scenario, state: RoomState) -> list[str]:
    """Return what may be done now, for the console's buttons: what ``act`` would not refuse."""
    steering = Steering(scenario, state, {}, datetime.min)
    return [
        name
        for name, action in ACTIONS.items()
        if state["phase"] in action.phases and action.has_sense(steering)
    ]


class Steering:
    """A copy of a room's state while something is done to it."""

    def __init__(self, scenario: Scenario, state: RoomState, counts: Counts, now: datetime) -> None:
        self.scenario, self.counts, self.now = scenario, counts, now
        self.state: RoomState = {**state, "ballots": list(state["ballots"])}
        self.at = path_of(scenario, state).at
        self.node = scenario["nodes"][self.at]
        self.choices = choices_at(scenario, state, self.at)

    def close(self) -> None:
        """Close the vote that is open, and keep its counts."""
        number = self.state["ballot"]
        if number is None:
            return
        kept = {choice["id"]: self.counts.get(choice["id"], 0) for choice in self.choices}
        ballot = self.state["ballots"][number - 1]
        closed: Ballot = {**ballot, "counts": kept, "closed": self.now.isoformat()}
        self.state["ballots"][number - 1] = closed
        self.state["ballot"] = None

    def choice(self, named: Any) -> str:
        """Return the id of a choice at this node; refuse another."""
        for choice in self.choices:
            if choice["id"] == named:
                return choice["id"]
        raise RoomRefused("There is no such choice here.")

    def note(self, what: str, **more: Any) -> None:
        """Write what was decided into the room's log."""
        entry = {"at": self.now.isoformat(), "node": self.at, "what": what, **more}
        self.state["log"] = [*self.state["log"], cast(LogEntry, entry)]

    def show(self, phase: Phase, *chosen: str) -> None:
        """Go to a phase at this node, in which the chosen are shown."""
        self.state["phase"], self.state["chosen"] = phase, list(chosen)

    def go(self, steps: list[Step]) -> None:
        """Stand where some steps lead, at its scene."""
        self.show("scene")
        self.state["steps"], self.state["ballot"], self.state["timer"] = steps, None, None

    def take(self, chosen: str) -> None:
        """Go on by a choice of this node."""
        step: Step = {"node": self.at}
        if self.node["kind"] == "decision":
            step["choice"] = chosen
        else:
            step["response"] = chosen
        self.go([*self.state["steps"], step])


def _open_vote(steering: Steering, _message: Message) -> None:
    if not steering.choices:
        raise RoomRefused("There is nothing to vote on here.")
    state, now = steering.state, steering.now.isoformat()
    state["ballots"].append({"node": steering.at, "opened": now, "closed": None, "counts": None})
    state["ballot"] = len(state["ballots"])
    steering.show("vote")


def _close_vote(steering: Steering, _message: Message) -> None:
    steering.close()
    steering.state["phase"] = "tally"


def _choose(steering: Steering, message: Message) -> None:
    """Take what most voted for, or what the trainer names."""
    if not steering.choices:
        raise RoomRefused("There is nothing to choose here.")
    steering.close()
    named = message.get("choice")
    how = "majority" if named is None else "trainer"
    if named is None:
        votes = [counts for counts in counts_at(steering.state, steering.at) if counts]
        named = leader(votes[-1] if votes else {})
        if named is None:
            raise RoomRefused("No single choice leads. Vote again, or name one.")
    chosen = steering.choice(named)
    steering.note("chosen", choice=chosen, how=how)
    steering.show("consequence", chosen)


def _compare(steering: Steering, message: Message) -> None:
    """Show where two choices lead, one after the other, before one is taken."""
    pair = message.get("choices")
    if steering.node["kind"] != "decision" or not isinstance(pair, list) or len(pair) != 2:
        raise RoomRefused("Name two choices of this decision to compare.")
    first, second = (steering.choice(named) for named in pair)
    if first == second:
        raise RoomRefused("Name two different choices.")
    steering.close()
    steering.note("compared", choices=[first, second])
    steering.show("compare", first, second)


def _evidence(steering: Steering, _message: Message) -> None:
    steering.state["phase"] = "evidence"


def _next(steering: Steering, _message: Message) -> None:
    """Go on: from the scene of a passage, or from a choice that was taken."""
    node, state = steering.node, steering.state
    if node["kind"] == "ending":
        raise RoomRefused("The story has ended. Step back, or end the room.")
    if not _leads_on(steering):
        raise RoomRefused("This cannot be done at this point.")
    if steering.choices:
        steering.take(state["chosen"][0])
    elif node["kind"] == "item":
        response = passing_response(node["item"])
        steering.go([*state["steps"], {"node": steering.at, "response": response}])
    else:
        steering.go([*state["steps"], {"node": steering.at}])


def _back(steering: Steering, _message: Message) -> None:
    """Step back: from what a choice led to to the choice, else to the node before."""
    steering.close()
    at_scene, steps = steering.state["phase"] == "scene", steering.state["steps"]
    if at_scene and not steps:
        raise RoomRefused("This is the beginning.")
    steering.note("back")
    if at_scene:
        steering.go(steps[:-1])
    else:
        steering.show("scene")


def _jump(steering: Steering, message: Message) -> None:
    """Stand at a node of the map, by the shortest way that leads there."""
    steps = shortest_way(steering.scenario, str(message.get("node")))
    if steps is None:
        raise RoomRefused("No way leads to that place.")
    steering.close()
    steering.note("jumped", to=message.get("node"))
    steering.go(steps)


def _skip(steering: Steering, _message: Message) -> None:
    """Pass a decision by its best-supported choice, without showing what it leads to."""
    node = steering.node
    if not steering.choices:
        raise RoomRefused("There is nothing to skip here: go on.")
    if node["kind"] == "item":
        chosen = str(passing_response(node["item"]))
    else:
        choices = node["choices"] if node["kind"] == "decision" else []
        chosen = max(choices, key=lambda choice: choice["points"])["id"] if choices else ""
    steering.close()
    steering.note("skipped", choice=chosen)
    steering.take(chosen)


def _pause(steering: Steering, _message: Message) -> None:
    steering.state["paused"] = not steering.state["paused"]


def _timer(steering: Steering, message: Message) -> None:
    """Show how much time is left. Nothing happens when it is over."""
    minutes = message.get("minutes")
    if minutes is None:
        steering.state["timer"] = None
        return
    is_number = isinstance(minutes, int | float) and not isinstance(minutes, bool)
    if not is_number or not 0 < minutes <= MAX_TIMER:
        raise RoomRefused("A timer takes between a moment and two hours.")
    steering.state["timer"] = (steering.now + timedelta(minutes=minutes)).isoformat()


def _end(steering: Steering, _message: Message) -> None:
    steering.close()
    steering.note("ended")
    steering.state["phase"], steering.state["timer"] = "ended", None


def _reopen(steering: Steering, _message: Message) -> None:
    steering.note("reopened")
    steering.show("scene")


def _always(_steering: Steering) -> bool:
    return True


def _has_choices(steering: Steering) -> bool:
    return bool(steering.choices)


def _is_decision(steering: Steering) -> bool:
    return steering.node["kind"] == "decision"


def _leads_on(steering: Steering) -> bool:
    phases = ("consequence", "evidence") if steering.choices else ("scene",)
    return steering.node["kind"] != "ending" and steering.state["phase"] in phases


def _has_before(steering: Steering) -> bool:
    return bool(steering.state["steps"]) or steering.state["phase"] != "scene"


@dataclass(frozen=True)
class Action:
    """Something that a trainer can do: how, in which phases, and where it has sense."""

    do: Callable[[Steering, Message], None]
    phases: tuple[Phase, ...]
    has_sense: Callable[[Steering], bool] = _always


_BEFORE_CHOICE: tuple[Phase, ...] = ("scene", "vote", "tally", "compare")
_OPEN: tuple[Phase, ...] = tuple(phase for phase in PHASES if phase != "ended")
ACTIONS: dict[str, Action] = {
    "open_vote": Action(_open_vote, ("scene", "tally", "compare"), _has_choices),
    "close_vote": Action(_close_vote, ("vote",)),
    "choose": Action(_choose, _BEFORE_CHOICE, _has_choices),
    "compare": Action(_compare, _BEFORE_CHOICE, _is_decision),
    "evidence": Action(_evidence, ("consequence",)),
    "next": Action(_next, _OPEN, _leads_on),
    "back": Action(_back, _OPEN, _has_before),
    "jump": Action(_jump, _OPEN),
    "skip": Action(_skip, _BEFORE_CHOICE, _has_choices),
    "pause": Action(_pause, _OPEN),
    "timer": Action(_timer, _OPEN),
    "end": Action(_end, _OPEN),
    "reopen": Action(_reopen, ("ended",)),
}
