"""The assessor's desk: a cohort's results on a page, each figure with a sentence that explains it.

The functions return HTML from values, for anybody to call; ``Desk`` puts them behind a sign-in, as
widgets. Bars and the flow picture stand beside the table of the same numbers, so that nothing is
told by colour or by sight alone.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from itertools import combinations
from typing import Any

import ipywidgets as widgets

from collabcomm.course.compiler import Compiler, Json, compiler_around
from collabcomm.course.models import Course
from collabcomm.engine.attempt import ASSESSING, WINDOW, Attempt, Cohort, Learner, now
from collabcomm.engine.scoring import Score
from collabcomm.engine.scoring import passed as is_passed
from collabcomm.errors import NotFound, Refused
from collabcomm.results import export
from collabcomm.results.analysis import Analysis
from collabcomm.results.analysis.quiz import QuizAnalysis
from collabcomm.results.analysis.reliability import level as level_of
from collabcomm.results.analysis.scenario import ScenarioAnalysis
from collabcomm.results.gather import (
    Changes,
    Version,
    analyse_activity,
    between,
    changes,
    number,
    percent,
)
from collabcomm.store import DEFAULT_URL, Store
from collabcomm.texts import catalogue, text_of

T = catalogue("desk")
WRONG_TOKENS = 10
MAX_ROWS = 200
FEW_ASKED, MAX_LOOK = 10, 12
MAX_LINK = 4_000_000  # bytes of a file that the page itself can hand over
COLUMN, WIDTH, HEIGHT, GAP = 230, 150, 46, 22  # of the flow picture, in pixels


# ------------------------------------------------------------------------------ parts


def table(head: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> str:
    """Return a table; cells are HTML, the first of each row is its heading."""
    top = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{cell}</td>" for cell in row[1:])}</tr>'
        for row in rows
    )
    named = f"<caption>{caption}</caption>" if caption else ""
    return f'<table class="desk">{named}<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'


def bar(share: float | None) -> str:
    """Return a bar for a fraction; its number stands in the cell beside it."""
    width = 0 if share is None else round(100 * min(max(share, 0), 1))
    return f'<span class="desk-bar" aria-hidden="true"><span style="width:{width}%"></span></span>'


def _section(title: str, *parts: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{''.join(parts)}</section>"


def _p(text: str) -> str:
    return f"<p>{escape(text)}</p>"


# ---------------------------------------------------------------------------- finished


def asked(compiler: Compiler, cohort: Cohort) -> dict[str, str]:
    """Return the graded quizzes that a cohort asks its learners to hand in, with their titles."""
    modules = compiler.course.modules
    names = (modules[name].quiz for name in cohort.modules if name in modules)
    return {name: compiler.quiz(name)["title"] for name in names if name}


def finished(
    learners: Sequence[Learner], work: Iterable[tuple[Learner, Attempt]], quizzes: Mapping[str, str]
) -> str:
    """Return who has handed in what, the best attempt of each; one from a record file counts less
    than one that the service took.
    """
    best: dict[tuple[str, str], Attempt] = {}
    for _, attempt in work:
        key = (attempt.learner, attempt.activity)
        if key not in best or _rank(attempt) > _rank(best[key]):
            best[key] = attempt
    done = sum(
        all((one := best.get((who.id, quiz))) and one.submitted for quiz in quizzes)
        for who in learners
    )
    rows = [
        [escape(who.name or who.id), *(_state(best.get((who.id, quiz))) for quiz in quizzes)]
        for who in learners[:MAX_ROWS]
    ]
    listed = table([T["finished.learner"], *map(escape, quizzes.values())], rows)
    more = _p(T["finished.more"].format(n=MAX_ROWS)) if len(learners) > MAX_ROWS else ""
    return _section(
        T["finished.title"],
        _p(T["finished.sentence"].format(joined=len(learners), done=done)),
        f"<details><summary>{T['finished.list']}</summary>{listed}{more}</details>",
    )


def _rank(attempt: Attempt) -> tuple[bool, float]:
    return attempt.scored_by == "service", attempt.percent or -1


def _state(attempt: Attempt | None) -> str:
    if attempt is None:
        return T["finished.missing"]
    if attempt.submitted is None:
        return T["finished.open"]
    key = "handed" if attempt.passed is None else "passed" if attempt.passed else "failed"
    told = T[f"finished.{key}"].format(n=attempt.percent)
    return told if attempt.scored_by == "service" else f"{told} ({T['finished.imported']})"


# -------------------------------------------------------------------------------- quiz


def distribution(percents: Sequence[float], mark: float | None) -> str:
    """Return how many learners scored how much, in bands of ten, with the pass mark named."""
    count = len(percents)
    ordered = sorted(percents)
    median = (ordered[(count - 1) // 2] + ordered[count // 2]) / 2
    values = {"n": count, "median": f"{median:.0f}"}
    if mark is None:
        sentence = T["distribution.plain"].format(**values)
    else:
        passed = sum(is_passed(Score(value, 100), mark) for value in percents)
        sentence = T["distribution.sentence"].format(
            **values, passed=passed, share=percent(passed / count), mark=f"{mark:g}"
        )
    bands = [0] * 10
    for value in percents:
        bands[min(int(value // 10), 9)] += 1
    rows = []
    for n, held in enumerate(bands):
        low, high = 10 * n, 10 * n + (10 if n == 9 else 9)
        label = T["distribution.band"].format(low=low, high=high)
        if mark is not None and low <= mark <= high:
            label += f" <strong>({T['distribution.mark'].format(mark=f'{mark:g}')})</strong>"
        rows.append([label, str(held), bar(held / count)])
    head = [T["distribution.score"], T["distribution.learners"], ""]
    return _section(T["distribution.title"], _p(sentence), table(head, rows))


def reliability(analysis: Analysis) -> str:
    """Return how far a single result can be trusted, in words."""
    test = analysis.test
    alpha = test.cronbach_alpha
    if alpha is None:
        return _section(T["reliability.title"], _p(T["reliability.none"]))
    level = level_of(alpha)
    kr = "" if test.kr_20 is None else T["reliability.kr"].format(kr=number(test.kr_20))
    parts = [
        _p(
            T[f"reliability.{level}"].format(
                alpha=number(alpha), interval=between(test.alpha_interval)
            )
            + " "
            + T["reliability.names"].format(kr=kr)
        )
    ]
    if test.standard_error_of_measurement is None or test.near_pass_mark is None:
        parts.append(_p(T["reliability.no_error"]))
    else:
        parts.append(
            _p(
                T["reliability.error"].format(
                    points=number(test.standard_error_of_measurement, 1),
                    percent=number(test.standard_error_percent, 0),
                    n=test.near_pass_mark,
                )
            )
        )
    return _section(T["reliability.title"], *parts)


def look_first(content: Json, analysis: Analysis) -> str:
    """Return the questions that have a reason to be looked at, those with most reasons first.

    A question that few were asked has no say here: its figures would be chance.
    """
    enough = [one for one in analysis.items if one.learners >= FEW_ASKED]
    found = sorted((one for one in enough if one.look), key=lambda one: -len(one.look))
    few = len(analysis.items) - len(enough)
    told = _p(T["look.few"].format(n=few, asked=FEW_ASKED)) if few else ""
    if not found:
        return _section(T["look.title"], _p(T["look.none"]), told)
    entries = "".join(
        f"<li><strong>{escape(stem(content, one.item))}</strong> ({escape(one.item)})"
        f"<ul>{''.join(f'<li>{escape(why)}</li>' for why in one.look)}</ul></li>"
        for one in found[:MAX_LOOK]
    )
    return _section(T["look.title"], _p(T["look.sentence"]), f"<ol>{entries}</ol>", told)


def stem(content: Json, name: str, most: int = 90) -> str:
    """Return the beginning of a question's text."""
    text = next((text_of(item["stem"]) for item in content["items"] if item["id"] == name), name)
    return shortened(text, most)


def shortened(text: str, most: int) -> str:
    """Return a text cut at a word."""
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " …"


def all_items(content: Json, analysis: Analysis) -> str:
    """Return the figures of every question, with what they mean."""
    head = [T[f"items.{key}"] for key in ("question", "asked", "right", "guess", "tells")]
    rows = [
        [
            f'<span title="{escape(stem(content, one.item, 300))}">{escape(one.item)}</span>',
            str(one.learners),
            f"{percent(one.facility)} {bar(one.facility)}",
            percent(one.random_guess_score),
            number(one.discrimination_index) + between(one.discrimination_interval),
        ]
        for one in analysis.items
    ]
    return _section(T["items.title"], _p(T["items.sentence"]), table(head, rows))


def options(content: Json, analysis: QuizAnalysis, name: str) -> str:
    """Return what was chosen at one question, by whom."""
    head = [T[f"options.{key}"] for key in ("answer", "count", "rest")]
    rows = [
        [
            escape(T["options.none"] if one.option is None else one.text)
            + (f" <strong>({T['options.key']})</strong>" if one.key else ""),
            f"{one.count} ({percent(one.share)}) {bar(one.share)}",
            number(one.mean_rest, 1),
        ]
        for one in analysis.distractors[name]
        if one.count or one.key or len(analysis.distractors[name]) < 12
    ]
    hints = "".join(_p(one.look) for one in analysis.distractors[name] if one.look)
    return f"<p><strong>{escape(stem(content, name, 600))}</strong></p>{table(head, rows)}{hints}"


def guessing(analysis: QuizAnalysis, mark: float | None) -> str:
    """Return what each trick would have earned."""
    if mark is None:
        return ""
    head = [T["guessing.trick"], T["guessing.earns"]]
    rows = [
        [T[f"guessing.names.{name}"], f"{earned:.0f} % {bar(earned / 100)}"]
        for name, earned in analysis.strategies.items()
    ]
    sentence = T["guessing.sentence"].format(mark=f"{mark:g}")
    return _section(T["guessing.title"], _p(sentence), table(head, rows))


# ---------------------------------------------------------------------------- scenario


def story(content: Json, found: ScenarioAnalysis) -> str:
    """Return how a scenario was played: a flow picture, and tables of the same."""
    sentence = T["scenario.sentence"].format(
        n=found.finished, percent=number(found.mean_percent, 0)
    )
    moves = [
        [escape(title(content, a)), escape(title(content, b)), str(n)]
        for a, b, n in found.transitions
    ]
    chosen = [
        [
            escape(title(content, one.node)),
            f"{percent(one.share_well)} {bar(one.share_well)}",
            "<br>".join(_choice(content, one.node, c, n) for c, n in one.choices.items()),
        ]
        for one in found.decisions
        if one.reached
    ]
    meters = "".join(
        _p(
            T["scenario.meters"].format(
                label=meter["label"],
                mean=number(found.meters[meter["id"]].mean, 1),
                max=meter["max"],
            )
        )
        for meter in content["meters"]
        if found.meters[meter["id"]].mean is not None
    )
    tables = table([T["scenario.from"], T["scenario.to"], T["scenario.plays"]], moves)
    head = [T["scenario.decision"], T["scenario.well"], T["scenario.chosen"]]
    return _section(
        T["scenario.title"],
        _p(sentence),
        "".join(map(_p, found.warnings)),
        f'<figure tabindex="0">{flow(content, found)}',
        f"<figcaption>{escape(T['scenario.flow'])}</figcaption></figure>",
        f"<details><summary>{T['scenario.table']}</summary>{tables}</details>",
        table(head, chosen),
        meters,
    )


def title(content: Json, name: str) -> str:
    """Return what a node is called."""
    node = content["nodes"][name]
    if node["kind"] == "ending":
        return f"{node['ending']['title']} ({T['scenario.ending']})"
    return str(node.get("title") or name)


def _choice(content: Json, node: str, name: str, count: int) -> str:
    choice = next(c for c in content["nodes"][node]["choices"] if c["id"] == name)
    text = shortened(text_of(choice["text"]), 90)
    return f"{count} × {escape(text)} <em>({choice['support']})</em>"


def flow(content: Json, found: ScenarioAnalysis) -> str:
    """Return a picture of the plays: a column a step, lines as thick as their plays."""
    columns = _columns(content["start"], found.transitions)
    place: dict[str, tuple[float, float]] = {}
    for x, names in enumerate(columns):
        for y, name in enumerate(names):
            place[name] = (10 + x * COLUMN, 10 + y * (HEIGHT + GAP))
    width = len(columns) * COLUMN
    height = (max(len(names) for names in columns) + 0.6) * (HEIGHT + GAP)
    lines = "".join(_line(place, a, b, n, found.plays) for a, b, n in found.transitions)
    boxes = "".join(_box(content, name, x, y) for name, (x, y) in place.items())
    told = "; ".join(
        f"{title(content, a)} → {title(content, b)}: {n}" for a, b, n in found.transitions
    )
    return (
        f'<svg class="desk-flow" role="img" aria-label="{escape(told)}" width="{width}" '
        f'height="{height}" viewBox="0 0 {width} {height}">{lines}{boxes}</svg>'
    )


def _columns(start: str, moves: Sequence[tuple[str, str, int]]) -> list[list[str]]:
    """Return the nodes met, each right of all that lead to it (loops apart), the busiest above."""
    onward: dict[str, list[str]] = defaultdict(list)
    through: dict[str, int] = defaultdict(int)
    for a, b, n in moves:
        onward[a].append(b)
        through[b] += n
    depth = {start: 0}

    def visit(name: str, way: tuple[str, ...]) -> None:
        for following in onward[name]:
            if following not in way and depth.get(following, -1) <= depth[name]:
                depth[following] = depth[name] + 1
                visit(following, (*way, following))

    visit(start, (start,))
    columns: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for name in sorted(depth, key=lambda one: -through[one]):
        columns[depth[name]].append(name)
    return columns


def _line(place: dict[str, tuple[float, float]], a: str, b: str, count: int, plays: int) -> str:
    x1, y1 = place[a][0] + WIDTH, place[a][1] + HEIGHT / 2
    x2, y2 = place[b][0], place[b][1] + HEIGHT / 2
    bend = max(abs(x2 - x1) / 2, 30)
    # A line that leaps over a column, or goes back, swings below what stands between.
    dip = HEIGHT + GAP if not 0 < x2 - x1 < COLUMN else 0
    thick = 1.5 + 16 * count / max(plays, 1)
    back = ' stroke-dasharray="6 4"' if x2 <= x1 else ""
    middle = f'x="{(x1 + x2) / 2}" y="{(y1 + y2) / 2 + 0.75 * dip + 5}"'
    return (
        f'<path d="M{x1} {y1} C{x1 + bend} {y1 + dip} {x2 - bend} {y2 + dip} {x2} {y2}" '
        f'stroke-width="{thick:.1f}"{back}></path>'
        f'<text class="count" {middle}>{count}</text>'
    )


def _box(content: Json, name: str, x: float, y: float) -> str:
    kind = content["nodes"][name]["kind"]
    text = title(content, name)
    words, rows = text.split(), [""]
    for word in words:
        if len(rows[-1]) + len(word) > 21 and rows[-1]:
            rows.append("")
        rows[-1] = f"{rows[-1]} {word}".strip()
    shown = rows[:2] if len(rows) <= 2 else [rows[0], rows[1] + " …"]
    corner = 2 if kind == "ending" else 14
    top = y + HEIGHT / 2 + 5 - 8 * (len(shown) - 1)
    lines = "".join(
        f'<text class="name" x="{x + WIDTH / 2}" y="{top + 16 * n:.0f}">{escape(line)}</text>'
        for n, line in enumerate(shown)
    )
    return (
        f'<rect class="{kind}" x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="{corner}">'
        f"<title>{escape(text)}</title></rect>{lines}"
    )


# ------------------------------------------------------------------------------ change


def form_pairs(course: Course) -> list[tuple[str, str]]:
    """Return the questionnaires to compare, two by two: those with the same self-ratings and the
    same outcomes. Where no two are so alike, any two.
    """
    alike = defaultdict(list)
    for name, quiz in sorted(course.quizzes.items()):
        if quiz.purpose == "questionnaire":
            ratings = frozenset(item.id for item in quiz.items if item.type == "likert")
            alike[ratings, frozenset(item.outcome for item in quiz.items)].append(name)
    pairs = [pair for names in alike.values() for pair in combinations(names, 2)]
    return pairs or list(
        combinations(sorted(name for names in alike.values() for name in names), 2)
    )


def before_after(found: Changes, top: int) -> str:
    """Return the change between two questionnaires, with its size in words."""
    if not found.situations.n:
        return _section(T["change.title"], _p(T["change.none"]))
    parts = []
    for key, one, digits in (("situations", found.situations, 0), ("ratings", found.ratings, 1)):
        if one.difference is None:
            continue
        parts.append(
            _p(
                T[f"change.{key}"].format(
                    before=number(one.mean_before, digits),
                    after=number(one.mean_after, digits),
                    difference=number(one.difference, digits),
                    interval=between(one.difference_interval, digits),
                    g=number(one.hedges_g),
                    g_interval=between(one.hedges_g_interval),
                    words=T[f"change.size.{_size(one.hedges_g, one.hedges_g_interval)}"],
                    top=top,
                )
            )
        )
    basis = _p(T["change.basis"].format(n=found.situations.n))
    return _section(T["change.title"], *parts, *map(_p, found.situations.warnings), basis)


def _size(g: float | None, interval: Sequence[float] | None) -> str:
    """Return Cohen's (1988) rough words for an effect, or that it is unclear."""
    if g is None:
        return "none"
    if interval is None or interval[0] <= 0 <= interval[1]:
        return "unclear"
    return "small" if abs(g) < 0.5 else "medium" if abs(g) < 0.8 else "large"


# -------------------------------------------------------------------------------- desk


class Desk(widgets.VBox):  # type: ignore[misc]
    """The desk as a widget. Nothing of any result is in the page before a token was accepted."""

    def __init__(self, database: str | None = None) -> None:
        self.address = database or os.environ.get("COLLABCOMM_DATABASE_URL", DEFAULT_URL)
        self.store: Store | None = None
        self.versions: list[Version] = []
        self.scales: dict[tuple[str, str], int] = {}  # of self-ratings, by the forms compared
        self.token = widgets.Password(description=T["sign_in.label"], layout=_wide())
        self.enter = widgets.Button(description=T["sign_in.button"], button_style="primary")
        self.message = widgets.HTML(_p(T["sign_in.note"]))
        self.enter.on_click(lambda _button: self._guarded(self._sign_in))
        super().__init__([widgets.HBox([self.token, self.enter]), self.message])

    def __repr__(self) -> str:
        return "the assessor's desk"

    def _guarded(self, doing: Callable[[], None]) -> None:
        try:
            doing()
        except Refused as error:
            text = (
                str(error) if isinstance(error, NotFound) else T["unreachable"].format(reason=error)
            )
            self.message.value = f'<p role="alert">{escape(text)}</p>'

    def _sign_in(self) -> None:
        store = Store(self.address)
        try:
            refusal = self._refusal(store)
            if refusal is None:
                self.store = store
        finally:
            if self.store is not store:
                store.close()
        if refusal is None:
            self._open(store)
        else:
            self.message.value = f'<p role="alert">{escape(refusal)}</p>'

    def _refusal(self, store: Store) -> str | None:
        """Return why the token typed opens nothing, None where it does; a wrong one is counted."""
        key = hashlib.sha256(b"desk").hexdigest()
        if store.counted(key, now(), WINDOW) >= WRONG_TOKENS:
            return T["sign_in.often"]
        role = store.role_of(self.token.value.strip())
        self.token.value = ""
        if role in ASSESSING:
            return None
        store.count(key, now(), WINDOW)
        return T["sign_in.wrong"]

    def _open(self, store: Store) -> None:
        cohorts = store.cohorts()
        if not cohorts:
            self.children = [widgets.HTML(_p(T["none"]))]
            return
        self.cohort = _choose("cohort", [(f"{c.name} ({c.code})", c.code) for c in cohorts[::-1]])
        self.activity = _choose("activity", [])
        self.which = _choose("which", [(T[f"choose.{k}"], k) for k in ("first", "last", "all")])
        self.item = _choose("item", [])
        self.people, self.body = widgets.HTML(), widgets.HTML()
        self.chosen, self.after = widgets.HTML(), widgets.HTML()
        self.forms = _choose("forms", [])
        self.heading = widgets.HTML(
            f"<h2>{escape(T['options.title'])}</h2>{_p(T['options.sentence'])}"
        )
        shapes = [
            (k, k) for k in ("csv", "xlsx", "json", "xapi", "moodle-grades", "moodle-responses")
        ]
        self.format = _choose("format", shapes)
        self.prepare = widgets.Button(description=T["download.button"], layout={"width": "auto"})
        self.link = widgets.HTML()
        self.message = widgets.HTML()
        self.children = [
            self.cohort,
            self.people,
            self.activity,
            self.which,
            self.message,
            self.body,
            self.heading,
            self.item,
            self.chosen,
            self.forms,
            self.after,
            widgets.HTML(f"<h2>{escape(T['download.title'])}</h2>{_p(T['download.sentence'])}"),
            widgets.HBox([self.format, self.prepare]),
            self.link,
        ]
        self.cohort.observe(lambda _c: self._guarded(self._show_cohort), "value")
        self.activity.observe(lambda _c: self._guarded(self._show_activity), "value")
        self.which.observe(lambda _c: self._guarded(self._show_activity), "value")
        self.item.observe(lambda _c: self._show_item(), "value")
        self.prepare.on_click(lambda _b: self._guarded(self._download))
        self._show_cohort()
        self.forms.observe(lambda _c: self._guarded(self._show_change), "value")

    def _show_cohort(self) -> None:
        assert self.store is not None
        compiler = compiler_around()
        self.now_at = self.store.cohort(self.cohort.value)
        code = self.now_at.code
        quizzes = asked(compiler, self.now_at)
        self.people.value = finished(self.store.learners(code), self.store.results(code), quizzes)
        self._offer_forms(compiler)
        self._show_change()
        names = [name for name, _ in self.store.activities(code)]
        first = next((name for name in quizzes if name in names), names[0] if names else None)
        self.link.value = ""
        self.activity.options = names
        self.activity.value = first
        self._show_activity()

    def _offer_forms(self, compiler: Compiler) -> None:
        """Let the assessor choose which questionnaires to compare, where there is a choice."""
        pairs = form_pairs(compiler.course)
        self.scales.clear()
        options = []
        for pair in pairs:
            first, second = (compiler.quiz(name) for name in pair)
            label = T["choose.pair"].format(first=first["title"], second=second["title"])
            ratings = (item["options"] for item in first["items"] if item["type"] == "likert")
            self.scales[pair] = len(next(ratings, ()))
            options.append((label, pair))
        if list(self.forms.options) != options:
            self.forms.options = options
            self.forms.value = pairs[0] if pairs else None
        self.forms.layout.display = None if len(pairs) > 1 else "none"

    def _show_change(self) -> None:
        assert self.store is not None
        pair = self.forms.value
        self.after.value = ""
        if pair is not None:
            found = changes(self.store, self.now_at, pair)
            self.after.value = before_after(found, self.scales[pair])

    def _show_activity(self) -> None:
        assert self.store is not None
        self.message.value = self.body.value = self.chosen.value = ""
        self.versions = []
        self.item.options = []
        for part in (self.heading, self.item):
            part.layout.display = "none"
        if self.activity.value is None:
            self.message.value = _p(T["nothing"])
            return
        self.versions = analyse_activity(
            self.store, self.now_at, self.activity.value, self.which.value
        )
        if len(self.versions) > 1:
            self.message.value = _p(T["versions"].format(n=len(self.versions)))
        self.body.value = "".join(map(self._version, self.versions))
        names = [
            (f"{stem(one.content, name, 60)}", (n, name))
            for n, one in enumerate(self.versions)
            if isinstance(one.analysis, QuizAnalysis)
            for name in one.analysis.distractors
        ]
        if names:
            for part in (self.heading, self.item):
                part.layout.display = None
            self.item.options = names
            self._show_item()

    def _version(self, one: Version) -> str:
        head = _p(T["version"].format(version=one.content["version"], n=len(one.taken)))
        imported = sum(taken.attempt.scored_by == "import" for taken in one.taken)
        if imported:
            head += _p(T["imported"].format(n=imported))
        warn = "".join(f"<p><strong>{escape(w)}</strong></p>" for w in one.analysis.warnings)
        if isinstance(one.analysis, ScenarioAnalysis):
            return head + story(one.content, one.analysis)
        mark = one.analysis.test.pass_mark
        percents = [x.attempt.percent or 0.0 for x in one.taken]
        return "".join(
            (
                head,
                warn,
                distribution(percents, mark),
                reliability(one.analysis),
                look_first(one.content, one.analysis),
                all_items(one.content, one.analysis),
                guessing(one.analysis, mark),
            )
        )

    def _show_item(self) -> None:
        if self.item.value is None:
            return
        n, name = self.item.value
        one = self.versions[n]
        assert isinstance(one.analysis, QuizAnalysis)
        self.chosen.value = options(one.content, one.analysis, name)

    def _download(self) -> None:
        assert self.store is not None
        shape: Any = self.format.value
        activity = self.activity.value if shape.startswith("moodle") else None
        pieces = export.export(
            self.store, self.now_at, shape, export.Options(activity=activity, bom=shape == "csv")
        )
        data = b""
        for piece in pieces:
            data += piece
            if len(data) > MAX_LINK:
                command = f"collabcomm results export --cohort {self.now_at.code} --format {shape}"
                self.link.value = _p(T["download.large"].format(command=command))
                return
        name = export.name(self.now_at, shape, "attempts")
        media = export.MEDIA[shape].split(";")[0]
        address = f"data:{media};base64,{base64.b64encode(data).decode()}"
        text = escape(T["download.ready"].format(name=name))
        self.link.value = f'<p role="status"><a download="{name}" href="{address}">{text}</a></p>'


def _choose(key: str, choices: Sequence[Any]) -> Any:
    return widgets.Dropdown(
        options=choices,
        description=T[f"choose.{key}"],
        layout=_wide(),
        style={"description_width": "9rem"},
    )


def _wide() -> Any:
    return widgets.Layout(width="100%", max_width="40rem")
