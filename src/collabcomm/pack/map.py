"""The path map: a box a moment, in rows by distance from the start, and a line a way on."""

from __future__ import annotations

import textwrap
from itertools import pairwise

from collabcomm.course.compiler import Json
from collabcomm.pack.moments import Moments

WIDTH, GAP, LINE, ROW_GAP = 720, 18, 15, 38  # of the map, in its own units


def path_map(moments: Moments) -> Json:
    """Return the boxes and the lines of the path map."""
    rows = rows_of(moments)
    widest = max(map(len, rows))
    width = min(170.0, (WIDTH - GAP * (widest + 1)) / widest)
    titles = {
        key: textwrap.wrap(moments.to(key), max(8, int((width - 12) / 6.7)))
        for key in moments.story
    }
    height = 16 + LINE * max(map(len, titles.values()))
    place = {
        key: (WIDTH * (i + 0.5) / len(row), 4 + y * (height + ROW_GAP))
        for y, row in enumerate(rows)
        for i, key in enumerate(row)
    }
    best = set(pairwise(moments.best.nodes))
    column = {key: i for row in rows for i, key in enumerate(row)}
    lines = [
        {
            "d": _line(
                place[a],
                place[b],
                width,
                height,
                beside=moments.distance[a] == moments.distance[b]
                and abs(column[a] - column[b]) == 1,
            ),
            "best": (a, b) in best,
            "aside": moments.distance[b] <= moments.distance[a],
        }
        for a in moments.story
        for b in moments.onward[a]
    ]
    bows = any(moments.distance[b] == len(rows) - 1 for a in rows[-1] for b in moments.onward[a])
    boxes = [
        {
            "x": round(place[key][0] - width / 2, 1),
            "y": round(place[key][1], 1),
            "middle": round(place[key][0], 1),
            "lines": titles[key],
            "first": round(place[key][1] + (height - LINE * (len(titles[key]) - 1)) / 2 + 4.5, 1),
            "ending": moments.nodes[key]["kind"] == "ending",
            "best": key in moments.best.nodes,
        }
        for key in moments.story
    ]
    return {
        "rows": len(rows),
        "nodes": len(moments.story),
        "width": WIDTH,
        "height": len(rows) * (height + ROW_GAP) - ROW_GAP + (40 if bows else 8),
        "box": (round(width, 1), height),
        "line": LINE,
        "boxes": boxes,
        "lines": sorted(lines, key=lambda x: (bool(x["best"]), not x["aside"])),
    }


def rows_of(moments: Moments) -> list[list[str]]:
    """Return the moments by distance; in a row each stands near those that lead to it."""
    depth = max(moments.distance[key] for key in moments.story)
    rows = [[k for k in moments.story if moments.distance[k] == n] for n in range(depth + 1)]
    place: dict[str, float] = {}
    for row in rows:
        above = {key: [place[a] for a in place if key in moments.onward[a]] or [0.5] for key in row}
        row.sort(key=lambda key: (sum(above[key]) / len(above[key]), moments.number[key]))
        place.update({key: (i + 0.5) / len(row) for i, key in enumerate(row)})
    return rows


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
