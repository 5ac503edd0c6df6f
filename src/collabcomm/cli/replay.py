"""The command that walks scenarios, and its reports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from collabcomm.cli.shared import course_option, load_course, refuse
from collabcomm.texts import counted, did_you_mean

if TYPE_CHECKING:
    from collabcomm.engine.types import Scenario
    from collabcomm.engine.walk import Way

Report = dict[str, Any]


@click.command("replay")
@click.argument("scenario", required=False)
@click.option("--choices", help="Walk one path: ids of choices, separated by commas.")
@click.option(
    "--format", "shape", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@course_option
def replay_command(
    scenario: str | None, choices: str | None, shape: str, course: Path | None
) -> None:
    """Walk every path of every scenario, or of one; or print one path.

    At a quiz item a choice is the response: an option's id, a+b for several, a>b>c for an order,
    p:a+q:b for pairs. Example: collabcomm replay im-managing --choices ask,listen --format json
    """
    from collabcomm.course.check import check
    from collabcomm.course.compiler import Compiler

    loaded = load_course(course)
    if problems := [p for p in check(loaded) if p.file.startswith("scenarios/")]:
        refuse(map(str, problems), "Mend the scenarios first.")
    known = loaded.course.scenarios
    if scenario is not None and scenario not in known:
        raise click.ClickException(f"no scenario '{scenario}'.{did_you_mean(scenario, known)}")
    if choices is not None and scenario is None:
        raise click.UsageError("--choices needs a scenario.")
    compiler = Compiler(loaded.course)
    if choices is not None and scenario is not None:
        path = one_path(compiler.scenario(scenario), choices)
        click.echo(_json(path) if shape == "json" else describe_path(path))
        return
    chosen = [scenario] if scenario else list(known)
    reports = [all_paths(compiler.scenario(scenario_id)) for scenario_id in chosen]
    click.echo(_json(reports) if shape == "json" else "\n".join(map(describe, reports)))


def _json(data: Report | list[Report]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2)


def one_path(scenario: Scenario, choices: str) -> Report:
    """Walk a compiled scenario by choices as they were typed."""
    from collabcomm.engine.replay import read_choices

    typed = [choice.strip() for choice in choices.split(",")]
    try:
        _, path = read_choices(scenario, list(filter(None, typed)))
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    return {
        "scenario": scenario["id"],
        "version": scenario["version"],
        "nodes": path.nodes,
        "meters": path.meters,
        "choices": path.choices,
        "points": {"raw": path.raw, "max": path.max},
        "ending": path.ending,
    }


def describe_path(path: Report) -> str:
    """Say one path in words: a line a node, and the points."""
    lines = []
    for node, meters in zip(path["nodes"], path["meters"], strict=True):
        values = ", ".join(f"{meter} {value}" for meter, value in meters.items())
        lines.append(f"{node}  ({values})" if values else node)
    points = path["points"]
    ending = path["ending"] or "none yet"
    lines.append(f"{points['raw']:g} of {points['max']:g} points, ending: {ending}")
    return "\n".join(lines)


def all_paths(scenario: Scenario) -> Report:
    """Walk a compiled scenario by every path."""
    from collabcomm.engine.replay import replay

    walk = replay(scenario)
    return {
        "scenario": scenario["id"],
        "version": scenario["version"],
        "nodes": len(scenario["nodes"]),
        "states": walk.states,
        "paths": walk.paths,
        "meters": {meter: {"min": low, "max": high} for meter, (low, high) in walk.meters.items()},
        "endings": walk.endings,
        "ends_well": walk.share(scenario, "good"),
        "chairs": walk.chairs,
        "loops": sorted(map(list, walk.loops)),
        **{
            name: _way(scenario, way)
            for name, way in (
                ("best", walk.best),
                ("worst", walk.worst),
                ("worst_good", walk.worst_good),
                ("best_poor", walk.best_poor),
            )
        },
    }


def _way(scenario: Scenario, way: Way | None) -> Report | None:
    from collabcomm.engine.replay import tokens_of

    if way is None:
        return None
    return {
        "steps": way.steps,
        "choices": tokens_of(scenario, way.steps),
        "points": {"raw": way.raw, "max": way.max},
        "ending": way.ending,
    }


def describe(report: Report) -> str:
    """Say in words what walking every path has shown."""
    lines = [
        f"{report['scenario']}: {report['paths']} paths over {report['nodes']} nodes",
        *(f"  {meter}: {m['min']} to {m['max']}" for meter, m in report["meters"].items()),
        *(
            f"  ending {node}: {counted(n, 'path')}, {_share(n, report['paths'])}"
            for node, n in report["endings"].items()
        ),
        f"  ends well: {100 * report['ends_well']:.1f} % of the paths",
        *(
            f"  chair {start}, ending {node}: {counted(n, 'path')}"
            for start, endings in report["chairs"].items()
            for node, n in endings.items()
        ),
        *(f"  loop: {later} leads back to {node}" for later, node in report["loops"]),
        f"  best:  {_describe_way(report['best'])}",
        f"  worst: {_describe_way(report['worst'])}",
        f"  worst way to a good ending: {_describe_way(report['worst_good'])}",
        f"  best way to a poor ending:  {_describe_way(report['best_poor'])}",
    ]
    return "\n".join(lines)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "0 %"


def _describe_way(way: Report | None) -> str:
    if way is None:
        return "none"
    points = way["points"]
    return (
        f"{','.join(choice or '?' for choice in way['choices'])} › {way['ending']} "
        f"({points['raw']:g} of {points['max']:g} points)"
    )
