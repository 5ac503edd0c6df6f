"""Figures and analyses told in words, for a screen and for the desk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from collabcomm.results.analysis import Analysis
from collabcomm.results.analysis.scenario import ScenarioAnalysis

MOST_PATHS = 10
"""How many paths of a scenario are listed, the most common first."""


def number(value: float | None, digits: int = 2) -> str:
    """Return a figure for reading, a dash where it is not defined."""
    return "–" if value is None else f"{value:.{digits}f}"


def percent(value: float | None) -> str:
    """Return a fraction in percent, a dash where it is not defined."""
    return "–" if value is None else f"{100 * value:.0f} %"


def between(interval: Sequence[float] | None, digits: int = 2) -> str:
    """Return an interval in words, nothing where there is nitem."""
    return f" ({interval[0]:.{digits}f} to {interval[1]:.{digits}f})" if interval else ""


def describe(analysis: Analysis | ScenarioAnalysis) -> Iterator[str]:
    """Yield an analysis as lines for a screen."""
    if isinstance(analysis, ScenarioAnalysis):
        yield from _scenario(analysis)
    else:
        yield from _test(analysis)


def _test(analysis: Analysis) -> Iterator[str]:
    yield from analysis.warnings
    test = analysis.test
    yield f"Learners {test.learners}, items {test.items}"
    yield f"Mean {number(test.mean)} of {number(test.max)}, median {number(test.median)}"
    yield f"Standard deviation {number(test.standard_deviation)}"
    yield (
        f"Cronbach's alpha {number(test.cronbach_alpha)}{between(test.alpha_interval)}, "
        f"KR-20 {number(test.kr_20)}"
    )
    yield f"Standard error of measurement {number(test.standard_error_of_measurement)} marks"
    if test.pass_mark is not None:
        yield (
            f"Pass mark {test.pass_mark:g} %: reached by {percent(test.pass_rate)}; "
            f"{number(test.near_pass_mark, 0)} within one standard error of it"
        )
    yield ""
    yield f"{'item':<32}{'n':>6}{'facility':>10}{'guess':>8}{'sd':>7}{'discr.':>8}{'effic.':>8}"
    for item in analysis.items:
        yield (
            f"{item.item[:31]:<32}{item.learners:>6}{percent(item.facility):>10}"
            f"{percent(item.random_guess_score):>8}{number(item.standard_deviation):>7}"
            f"{number(item.discrimination_index):>8}{number(item.discriminative_efficiency):>8}"
        )
    for item in analysis.items:
        for reason in item.look:
            yield f"Look at {item.item}: {reason}"


def _scenario(found: ScenarioAnalysis) -> Iterator[str]:
    yield from found.warnings
    yield f"Plays {found.plays}, mean {number(found.mean_percent, 0)} % of the points"
    for node_id, count in found.endings.items():
        yield f"ending {node_id}: {count}"
    for decision in found.decisions:
        chosen = ", ".join(f"{choice_id} {count}" for choice_id, count in decision.choices.items())
        yield f"{decision.node}: well supported {percent(decision.share_well)} ({chosen})"
    for skill, known in found.skills.items():
        yield f"skill {skill}: {number(known.mean)} of {number(known.of)} in {known.plays} plays"
    for path in found.paths[:MOST_PATHS]:
        yield f"{path.count} × {' › '.join([*path.choices, path.ending or '(not finished)'])}"
