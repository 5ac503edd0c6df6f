"""The room's side of the contract: its state, what its surfaces show, and what it looks back on.

``room/state.py`` and ``room/views.py`` make these; the room's scripts draw them. Schema and types
for JavaScript are made from these classes as from those of ``types.py``.
"""

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from collabcomm.engine.types import Arguments, Basis, ChoiceSupport, Evidence, Marks, Part, Step

Phase = Literal["scene", "vote", "tally", "compare", "consequence", "evidence", "ended"]
Counts = dict[str, int]


class Ballot(TypedDict):
    """One vote at a node; times are ISO 8601 in UTC, ``counts`` None while it is open."""

    node: str
    opened: str
    closed: str | None
    counts: Counts | None


class LogEntry(TypedDict):
    """Something that the trainer did, when (ISO 8601, UTC) and at which node."""

    at: str
    node: str
    what: str
    choice: NotRequired[str]
    choices: NotRequired[list[str]]
    how: NotRequired[Literal["majority", "trainer"]]
    to: NotRequired[str]


class RoomState(TypedDict):
    """Where a room stands. ``ballot`` is the number of the open vote, from 1.

    ``chosen`` are the choices whose consequences are shown; ``timer`` is when it runs out (ISO
    8601, UTC). Choices stand in the order that ``seed`` gives; rooms from before have none.
    """

    steps: list[Step]
    phase: Phase
    ballot: int | None
    ballots: list[Ballot]
    chosen: list[str]
    log: list[LogEntry]
    timer: str | None
    paused: bool
    seed: NotRequired[str]


class Said(TypedDict):
    """Something said in a room: ``who`` is the name itself."""

    who: str
    says: str


class Shown(TypedDict):
    """What a choice led to, as far as the trainer has shown it; None is not shown yet."""

    id: str
    text: str
    consequence: str | None
    feedback: str | None
    reason: str | None
    arguments: Arguments | None
    support: ChoiceSupport | None
    basis: Basis | None
    evidence: list[Evidence] | None


class PublicView(TypedDict):
    """What a participant's phone shows: neither counts nor anything of the trainer's.

    ``choices`` can be voted for; ``ending`` tells whether the story has ended.
    """

    rev: int
    title: str
    phase: Phase | Literal["paused"]
    ballot: int | None
    heading: str
    scene: str
    lines: list[Said]
    ask: str | None
    choices: list[Part]
    shown: list[Shown]
    content_note: str | None
    ending: bool
    debrief: str | None


class Gauge(TypedDict):
    """A meter as it is shown: its word, and how far above the lowest it stands, of how far.

    Of a skill what choices added up to, of the most that they could have.
    """

    label: str
    word: str
    n: int
    of: int


class ScreenView(PublicView):
    """What the projector shows: the same, with counts and without names.

    ``counts`` are those of the open vote where it is ``live``, else of the last one at this node;
    ``before`` those of the vote before that. ``people`` are in the room, ``steps`` were taken.
    """

    code: str
    steps: int
    people: int
    live: bool
    counts: Counts | None
    before: Counts | None
    timer: str | None
    meters: list[Gauge]


class TrainerNotes(TypedDict):
    """The trainer's notes at a node or on the whole; all texts are HTML."""

    minutes: int
    prompts: list[str]
    likely: str | None
    care: str | None


class RatedChoice(Part):
    """A choice with how well the evidence supports it; None where nothing is right or wrong."""

    support: ChoiceSupport | None


class Place(TypedDict):
    """A node on the console's map."""

    id: str
    title: str
    here: bool
    passed: bool
    best: bool
    ending: bool


class ConsoleView(ScreenView):
    """What the trainer's console shows: everything, with the notes for this node.

    ``phase`` is the room's own, also while it is paused. ``leader`` is the choice that most voted
    for, ``can`` what may be done now, ``own`` what the trainer wrote down.
    """

    paused: bool
    kind: Literal["decision", "item", "passage", "ending"]
    at: str
    options: list[RatedChoice]
    leader: str | None
    trainer: TrainerNotes | None
    whole: TrainerNotes | None
    places: list[Place]
    can: list[str]
    own: str


class PublicMessage(PublicView):
    """The public view as the service sends it. ``mark`` tells whether anything has changed."""

    mark: str


class ScreenMessage(ScreenView):
    """The projector's view as the service sends it. ``join`` is the address to type."""

    mark: str
    join: str


class ConsoleLinks(TypedDict):
    """Addresses of a room; ``alone`` where no phone can reach them."""

    join: str
    alone: bool
    screen: str
    debrief: str
    csv: str
    qr: str


class ConsoleMessage(ConsoleView):
    """The console's view as its widget gets it.

    ``said`` is what could not be done, and why; ``saying`` differs whenever it is said anew.
    """

    links: ConsoleLinks
    strings: dict[str, str]
    said: NotRequired[str]
    saying: NotRequired[str]


class ScenarioTitle(TypedDict):
    """A scenario to open a room for."""

    id: str
    title: str


class KnownRoom(TypedDict):
    """A room of the trainer's to go on with. ``title`` is the id of its scenario."""

    code: str
    title: str
    ended: bool


class StartView(TypedDict):
    """What a console shows while no room is open. ``chosen`` is the scenario chosen already."""

    phase: Literal["start"]
    scenarios: list[ScenarioTitle]
    rooms: list[KnownRoom]
    strings: dict[str, str]
    chosen: NotRequired[str | None]
    said: NotRequired[str]
    saying: NotRequired[str]


class LookedBackChoice(TypedDict):
    """A choice looked back on; ``elsewhere`` is how many earlier groups took it."""

    id: str
    text: str
    support: ChoiceSupport
    basis: Basis
    evidence: list[Evidence]
    feedback: str
    reason: str | None
    arguments: Arguments | None
    elsewhere: int


class LookedBack(TypedDict):
    """A decision on a group's path: the counts of each vote, what was taken and how.

    ``split`` is 1 minus the share of the largest choice in the last vote, None without votes.
    """

    node: str
    title: str
    ask: str
    rounds: list[Counts]
    split: float | None
    taken: str
    how: str
    choices: list[LookedBackChoice]


class Debrief(TypedDict):
    """What a group looks back on; no person is in it.

    ``path`` and ``best`` are headings, ``groups`` is how many earlier groups there were,
    ``endings`` how many of them reached each ending. ``meters`` stand at the end, those included
    that were hidden until now; ``skills`` are what the choices added up to, which may be below 0.
    """

    title: str
    decisions: list[LookedBack]
    most_split: str | None
    path: list[str]
    best: list[str]
    points: Marks
    meters: list[Gauge]
    skills: list[Gauge]
    ending: str | None
    groups: int
    endings: Counts
