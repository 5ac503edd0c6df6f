"""The flow picture of a scenario's plays: a column a step, lines as thick as their plays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

COLUMN, WIDTH, HEIGHT, GAP = 230, 150, 46, 22  # in pixels
LETTERS = 21  # that fit into a row of a box

Move = tuple[str, str, int]
Place = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A node: where it stands, and its title in rows of which the first is centred at ``top``."""

    kind: str
    title: str
    rows: list[str]
    x: float
    y: float
    top: float
    corner: int
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True)
class Line:
    """The plays that went from a node to a node; ``back`` where the line leads to the left."""

    path: str
    thickness: float
    back: bool
    count: int
    x: float
    y: float


@dataclass(frozen=True)
class Flow:
    """A picture, its size in pixels, and all that it shows in words."""

    told: str
    width: float
    height: float
    lines: list[Line]
    boxes: list[Box]


def flow(
    start: str,
    moves: Sequence[Move],
    plays: int,
    titles: Mapping[str, str],
    kinds: Mapping[str, str],
) -> Flow:
    """Return the picture of moves from node to node with their counts, out of ``plays`` plays."""
    columns = columns_of(start, moves)
    place = {
        node_id: (10.0 + x * COLUMN, 10.0 + y * (HEIGHT + GAP))
        for x, node_ids in enumerate(columns)
        for y, node_id in enumerate(node_ids)
    }
    return Flow(
        told="; ".join(f"{titles[a]} → {titles[b]}: {count}" for a, b, count in moves),
        width=len(columns) * COLUMN,
        height=(max(len(node_ids) for node_ids in columns) + 0.6) * (HEIGHT + GAP),
        lines=[_line(place[a], place[b], count, plays) for a, b, count in moves],
        boxes=[_box(kinds[node], titles[node], *place[node]) for node in place],
    )


def columns_of(start: str, moves: Sequence[Move]) -> list[list[str]]:
    """Return the nodes met, each right of all that lead to it (loops apart), the busiest above."""
    onward: dict[str, list[str]] = defaultdict(list)
    through: dict[str, int] = defaultdict(int)
    for a, b, count in moves:
        onward[a].append(b)
        through[b] += count
    depth = {start: 0}

    def visit(node: str, way: tuple[str, ...]) -> None:
        for following in onward[node]:
            if following not in way and depth.get(following, -1) <= depth[node]:
                depth[following] = depth[node] + 1
                visit(following, (*way, following))

    visit(start, (start,))
    columns: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for node in sorted(depth, key=lambda node: -through[node]):
        columns[depth[node]].append(node)
    return columns


def _line(a: Place, b: Place, count: int, plays: int) -> Line:
    x1, y1 = a[0] + WIDTH, a[1] + HEIGHT / 2
    x2, y2 = b[0], b[1] + HEIGHT / 2
    bend = max(abs(x2 - x1) / 2, 30)
    # A line that leaps over a column, or goes back, swings below what stands between.
    dip = HEIGHT + GAP if not 0 < x2 - x1 < COLUMN else 0
    return Line(
        path=f"M{x1} {y1} C{x1 + bend} {y1 + dip} {x2 - bend} {y2 + dip} {x2} {y2}",
        thickness=1.5 + 16 * count / max(plays, 1),
        back=x2 <= x1,
        count=count,
        x=(x1 + x2) / 2,
        y=(y1 + y2) / 2 + 0.75 * dip + 5,
    )


def _box(kind: str, title: str, x: float, y: float) -> Box:
    rows = [""]
    for word in title.split():
        if len(rows[-1]) + len(word) > LETTERS and rows[-1]:
            rows.append("")
        rows[-1] = f"{rows[-1]} {word}".strip()
    shown = rows[:2] if len(rows) <= 2 else [rows[0], f"{rows[1]} …"]
    top = y + HEIGHT / 2 + 5 - 8 * (len(shown) - 1)
    return Box(kind, title, shown, x, y, top, corner=2 if kind == "ending" else 14)
