"""What the desk shows of a cohort's results, each figure with a sentence that explains it.

Every function returns a ``Section`` (or its parts) made from values; ``t`` tells a text of the
desk's catalogue with its placeholders filled in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations

from collabcomm.course.compiler import Compiler
from collabcomm.course.models import Course
from collabcomm.desk.parts import (
    Cell,
    Finding,
    Findings,
    Folded,
    Paragraph,
    Part,
    Picture,
    Section,
    Table,
    bar,
    paragraphs,
)
from collabcomm.desk.picture import flow
from collabcomm.engine.attempt import Attempt
from collabcomm.engine.people import Cohort, Learner
from collabcomm.engine.scoring import Score
from collabcomm.engine.scoring import passed as is_passed
from collabcomm.engine.types import Quiz, Scenario
from collabcomm.results.analysis import Analysis
from collabcomm.results.analysis.quiz import QuizAnalysis
from collabcomm.results.analysis.reliability import level
from collabcomm.results.analysis.scenario import ScenarioAnalysis
from collabcomm.results.gather import Changes
from collabcomm.results.report import between, number, percent
from collabcomm.texts import text_of

MAX_ROWS = 200
FEW_ASKED, MAX_LOOK = 10, 12
Tell = Callable[..., str]


def asked(compiler: Compiler, cohort: Cohort) -> dict[str, str]:
    """Return the graded quizzes that a cohort asks its learners to hand in, with their titles."""
    modules = compiler.course.modules
    quiz_ids = (modules[module].quiz for module in cohort.modules if module in modules)
    return {quiz_id: compiler.quiz(quiz_id)["title"] for quiz_id in quiz_ids if quiz_id}


def finished(
    t: Tell,
    learners: Sequence[Learner],
    work: Iterable[tuple[Learner, Attempt]],
    quizzes: Mapping[str, str],
) -> Section:
    """Return who has handed in what, the best attempt of each; one from a record file counts less
    than one that the service took.
    """
    best: dict[tuple[str, str], Attempt] = {}
    for _, attempt in work:
        key = (attempt.learner, attempt.activity)
        if key not in best or _rank(attempt) > _rank(best[key]):
            best[key] = attempt
    done = sum(
        all((made := best.get((who.id, quiz))) and made.submitted for quiz in quizzes)
        for who in learners
    )
    rows = [
        [Cell(who.name or who.id), *(Cell(_state(t, best.get((who.id, q)))) for q in quizzes)]
        for who in learners[:MAX_ROWS]
    ]
    listed: list[Part] = [Table([t("finished.learner"), *quizzes.values()], rows)]
    if len(learners) > MAX_ROWS:
        listed.append(Paragraph(t("finished.more", n=MAX_ROWS)))
    sentence = t("finished.sentence", joined=len(learners), done=done)
    return Section(t("finished.title"), [Paragraph(sentence), Folded(t("finished.list"), listed)])


def _rank(attempt: Attempt) -> tuple[bool, float]:
    return attempt.scored_by == "service", attempt.percent or -1


def _state(t: Tell, attempt: Attempt | None) -> str:
    if attempt is None:
        return t("finished.missing")
    if attempt.submitted is None:
        return t("finished.open")
    key = "handed" if attempt.passed is None else "passed" if attempt.passed else "failed"
    told = t(f"finished.{key}", n=attempt.percent)
    return told if attempt.scored_by == "service" else f"{told} ({t('finished.imported')})"


def distribution(t: Tell, percents: Sequence[float], mark: float | None) -> Section:
    """Return how many learners scored how much, in bands of ten, with the pass mark named."""
    count = len(percents)
    ordered = sorted(percents)
    median = (ordered[(count - 1) // 2] + ordered[count // 2]) / 2
    values = {"n": count, "median": f"{median:.0f}"}
    if mark is None:
        sentence = t("distribution.plain", **values)
    else:
        passed = sum(is_passed(Score(value, 100), mark) for value in percents)
        more = {"passed": passed, "share": percent(passed / count), "mark": f"{mark:g}"}
        sentence = t("distribution.sentence", **values, **more)
    bands = [0] * 10
    for value in percents:
        bands[min(int(value // 10), 9)] += 1
    rows = []
    for n, held in enumerate(bands):
        low, high = 10 * n, 10 * n + (10 if n == 9 else 9)
        here = mark is not None and low <= mark <= high
        label = Cell(
            t("distribution.band", low=low, high=high),
            strong=t("distribution.mark", mark=f"{mark:g}") if here else "",
        )
        rows.append([label, Cell(str(held)), Cell(bar=bar(held / count))])
    head = [t("distribution.score"), t("distribution.learners"), ""]
    return Section(t("distribution.title"), [Paragraph(sentence), Table(head, rows)])


def reliability(t: Tell, analysis: Analysis) -> Section:
    """Return how far a single result can be trusted, in words."""
    test = analysis.test
    alpha = test.cronbach_alpha
    if alpha is None:
        return Section(t("reliability.title"), [Paragraph(t("reliability.none"))])
    kr = "" if test.kr_20 is None else t("reliability.kr", kr=number(test.kr_20))
    told = t(
        f"reliability.{level(alpha)}", alpha=number(alpha), interval=between(test.alpha_interval)
    )
    if test.standard_error_of_measurement is None or test.near_pass_mark is None:
        error = t("reliability.no_error")
    else:
        error = t(
            "reliability.error",
            points=number(test.standard_error_of_measurement, 1),
            percent=number(test.standard_error_percent, 0),
            n=test.near_pass_mark,
        )
    return Section(
        t("reliability.title"), paragraphs([f"{told} {t('reliability.names', kr=kr)}", error])
    )


def look_first(t: Tell, content: Quiz, analysis: Analysis) -> Section:
    """Return the questions that have a reason to be looked at, those with most reasons first.

    A question that few were asked has no say here: its figures would be chance.
    """
    enough = [item for item in analysis.items if item.learners >= FEW_ASKED]
    found = sorted((item for item in enough if item.look), key=lambda item: -len(item.look))
    few = len(analysis.items) - len(enough)
    told: list[Part] = [Paragraph(t("look.few", n=few, asked=FEW_ASKED))] if few else []
    if not found:
        return Section(t("look.title"), [Paragraph(t("look.none")), *told])
    entries = [Finding(stem(content, x.item), x.item, x.look) for x in found[:MAX_LOOK]]
    return Section(t("look.title"), [Paragraph(t("look.sentence")), Findings(entries), *told])


def stem(content: Quiz, item_id: str, most: int = 90) -> str:
    """Return the beginning of a question's text."""
    found = (text_of(item["stem"]) for item in content["items"] if item["id"] == item_id)
    return shortened(next(found, item_id), most)


def shortened(text: str, most: int) -> str:
    """Return a text cut at a word."""
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " …"


def all_items(t: Tell, content: Quiz, analysis: Analysis) -> Section:
    """Return the figures of every question, with what they mean."""
    head = [t(f"items.{key}") for key in ("question", "asked", "right", "guess", "tells")]
    rows = [
        [
            Cell(item.item, title=stem(content, item.item, 300)),
            Cell(str(item.learners)),
            Cell(percent(item.facility), bar=bar(item.facility)),
            Cell(percent(item.random_guess_score)),
            Cell(number(item.discrimination_index) + between(item.discrimination_interval)),
        ]
        for item in analysis.items
    ]
    return Section(t("items.title"), [Paragraph(t("items.sentence")), Table(head, rows)])


def options(t: Tell, content: Quiz, analysis: QuizAnalysis, item_id: str) -> list[Part]:
    """Return what was chosen at one question, by whom."""
    head = [t(f"options.{key}") for key in ("answer", "count", "rest")]
    chosen = analysis.distractors[item_id]
    rows = [
        [
            Cell(
                t("options.none") if option.option is None else option.text,
                strong=t("options.key") if option.key else "",
            ),
            Cell(f"{option.count} ({percent(option.share)})", bar=bar(option.share)),
            Cell(number(option.mean_rest, 1)),
        ]
        for option in chosen
        if option.count or option.key or len(chosen) < 12
    ]
    hints = paragraphs(option.look for option in chosen if option.look)
    return [Paragraph(stem(content, item_id, 600), strong=True), Table(head, rows), *hints]


def guessing(t: Tell, analysis: QuizAnalysis, mark: float | None) -> list[Part]:
    """Return what each trick would have earned; nothing where nothing can be passed."""
    if mark is None:
        return []
    head = [t("guessing.trick"), t("guessing.earns")]
    rows = [
        [Cell(t(f"guessing.names.{trick}")), Cell(f"{earned:.0f} %", bar=bar(earned / 100))]
        for trick, earned in analysis.strategies.items()
    ]
    sentence = t("guessing.sentence", mark=f"{mark:g}")
    return [Section(t("guessing.title"), [Paragraph(sentence), Table(head, rows)])]


def story(t: Tell, content: Scenario, found: ScenarioAnalysis) -> Section:
    """Return how a scenario was played: a flow picture, and tables of the same."""
    titles = {node_id: title(t, content, node_id) for node_id in content["nodes"]}
    kinds = {node_id: node["kind"] for node_id, node in content["nodes"].items()}
    moves = [[Cell(titles[a]), Cell(titles[b]), Cell(str(n))] for a, b, n in found.transitions]
    chosen = [
        [
            Cell(titles[decision.node]),
            Cell(percent(decision.share_well), bar=bar(decision.share_well)),
            Cell(lines=_choices(content, decision.node, decision.choices)),
        ]
        for decision in found.decisions
        if decision.reached
    ]
    meters = [
        t("scenario.meters", label=meter["label"], mean=number(mean, 1), max=meter["max"])
        for meter in content["meters"]
        if (mean := found.meters[meter["id"]].mean) is not None
    ]
    skills = [
        t(
            "scenario.skills",
            label=skill["label"],
            mean=number(known.mean, 1),
            of=number(known.of, 1),
            n=known.plays,
        )
        for skill in content.get("skills", [])
        if (known := found.skills[skill["id"]]).plays
    ]
    head = [t("scenario.decision"), t("scenario.well"), t("scenario.chosen")]
    sentence = t("scenario.sentence", n=found.finished, percent=number(found.mean_percent, 0))
    picture = flow(content["start"], found.transitions, found.plays, titles, kinds)
    moved = Table([t("scenario.from"), t("scenario.to"), t("scenario.plays")], moves)
    return Section(
        t("scenario.title"),
        [
            *paragraphs([sentence, *found.warnings]),
            Picture(picture, t("scenario.flow")),
            Folded(t("scenario.table"), [moved]),
            Table(head, chosen),
            *paragraphs([*meters, *skills]),
        ],
    )


def title(t: Tell, content: Scenario, node_id: str) -> str:
    """Return what a node is called."""
    node = content["nodes"][node_id]
    if node["kind"] == "ending":
        return f"{node['ending']['title']} ({t('scenario.ending')})"
    return node["title"] or node_id


def _choices(
    content: Scenario, node_id: str, counts: Mapping[str, int]
) -> tuple[tuple[str, str], ...]:
    node = content["nodes"][node_id]
    known = {c["id"]: c for c in node["choices"]} if node["kind"] == "decision" else {}
    return tuple(
        (f"{n} × {shortened(text_of(known[key]['text']), 90)}", known[key]["support"])
        for key, n in counts.items()
    )


def form_pairs(course: Course) -> list[tuple[str, str]]:
    """Return the questionnaires to compare, two by two: those with the same self-ratings and the
    same outcomes. Where no two are so alike, any two.
    """
    alike = defaultdict(list)
    for quiz_id, quiz in sorted(course.quizzes.items()):
        if quiz.purpose == "questionnaire":
            ratings = frozenset(item.id for item in quiz.items if item.type == "likert")
            alike[ratings, frozenset(item.outcome for item in quiz.items)].append(quiz_id)
    pairs = [pair for forms in alike.values() for pair in combinations(forms, 2)]
    return pairs or list(combinations(sorted(x for forms in alike.values() for x in forms), 2))


def before_after(t: Tell, found: Changes, top: int) -> Section:
    """Return the change between two questionnaires, with its size in words.

    ``top`` is the number of points of a self-rating.
    """
    if not found.situations.n:
        return Section(t("change.title"), [Paragraph(t("change.none"))])
    told = [
        t(
            f"change.{key}",
            before=number(change.mean_before, digits),
            after=number(change.mean_after, digits),
            difference=number(change.difference, digits),
            interval=between(change.difference_interval, digits),
            g=number(change.hedges_g),
            g_interval=between(change.hedges_g_interval),
            words=t(f"change.size.{_size(change.hedges_g, change.hedges_g_interval)}"),
            top=top,
        )
        for key, change, digits in (
            ("situations", found.situations, 0),
            ("ratings", found.ratings, 1),
        )
        if change.difference is not None
    ]
    basis = t("change.basis", n=found.situations.n)
    return Section(t("change.title"), paragraphs([*told, *found.situations.warnings, basis]))


def _size(g: float | None, interval: Sequence[float] | None) -> str:
    """Return Cohen's (1988) rough words for an effect, or that it is unclear."""
    if g is None:
        return "none"
    if interval is None or interval[0] <= 0 <= interval[1]:
        return "unclear"
    return "small" if abs(g) < 0.5 else "medium" if abs(g) < 0.8 else "large"
