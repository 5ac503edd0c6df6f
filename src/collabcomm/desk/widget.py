"""The assessor's desk as widgets. No result is in the page before a token was accepted."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence

import ipywidgets as widgets

from collabcomm.course.compiler import Compiler, compiler_around
from collabcomm.desk import views
from collabcomm.desk.parts import Heading, Link, Paragraph, Part, draw
from collabcomm.engine.items import type_of
from collabcomm.engine.people import ASSESSING
from collabcomm.errors import NotFound, Refused, TooOften
from collabcomm.results import export
from collabcomm.results.gather import (
    QuizVersion,
    ScenarioVersion,
    Version,
    analyse_activity,
    changes,
)
from collabcomm.settings import Settings
from collabcomm.store import Store
from collabcomm.store.limits import WRONG_TOKENS, Limits
from collabcomm.texts import catalogue

MAX_LINK = 4_000_000  # bytes of a file that the page itself can hand over


class Desk(widgets.VBox):  # type: ignore[misc]
    """The desk: a sign-in, and after it the results.

    Parameters
    ----------
    database
        The address of the results; the environment's if not given.
    """

    def __init__(self, database: str | None = None) -> None:
        compiler = compiler_around()
        address = database or Settings.from_environment().database
        self.results: Results | None = None

        def show(store: Store) -> None:
            self.results = Results(store, compiler)
            self.children = [self.results]

        self.sign_in = SignIn(address, compiler.lang, show)
        super().__init__([self.sign_in])

    def __repr__(self) -> str:
        return "the assessor's desk"


class SignIn(widgets.VBox):  # type: ignore[misc]
    """Asks for a token, and hands on the open store where it belongs to somebody who assesses."""

    def __init__(self, address: str, lang: str, accepted: Callable[[Store], None]) -> None:
        self.address, self.accepted = address, accepted
        self.t = teller(lang)
        self.token = widgets.Password(description=self.t("sign_in.label"), layout=_wide())
        self.enter = widgets.Button(description=self.t("sign_in.button"), button_style="primary")
        self.message = widgets.HTML(draw(Paragraph(self.t("sign_in.note"))))
        self.enter.on_click(lambda _button: self.try_token())
        super().__init__([widgets.HBox([self.token, self.enter]), self.message])

    def try_token(self) -> None:
        """Open the store with the token typed, or say why not; what is refused leaves no store."""
        store = None
        try:
            store = Store(self.address)
            refusal = self._refusal(store)
            if refusal is None:
                self.accepted(store)
                return
        except Refused as error:
            refusal = self.t("unreachable", reason=error)
        if store is not None:
            store.close()
        self.message.value = draw(Paragraph(refusal, role="alert"))

    def _refusal(self, store: Store) -> str | None:
        """Return why the token typed opens nothing, None where it does; a wrong one is counted.

        A right token always opens: others' wrong ones keep nobody out.
        """
        role = store.access.role_of(self.token.value.strip())
        self.token.value = ""
        if role in ASSESSING:
            return None
        try:
            Limits(store).count_or_refuse(WRONG_TOKENS, "the desk")
        except TooOften:
            return self.t("sign_in.often")
        return self.t("sign_in.wrong")


class Results(widgets.VBox):  # type: ignore[misc]
    """The results of the cohorts of an open store: who finished, the figures, change, files."""

    def __init__(self, store: Store, compiler: Compiler) -> None:
        self.store, self.compiler = store, compiler
        self.t = teller(compiler.lang)
        self.versions: list[Version] = []
        self.scales: dict[tuple[str, str], int] = {}  # points of self-ratings, by forms compared
        self.message = widgets.HTML()
        self.people, self.body, self.chosen, self.after, self.link = (
            widgets.HTML() for _ in range(5)
        )
        self.heading = self._head("options")
        self.activity, self.item, self.forms = (
            self._choice(key, []) for key in ("activity", "item", "forms")
        )
        self.which = self._choice(
            "which", [(self.t(f"choose.{k}"), k) for k in ("first", "last", "all")]
        )
        self.format = self._choice("format", [(name, name) for name in export.FORMATS])
        self.prepare = widgets.Button(
            description=self.t("download.button"), layout={"width": "auto"}
        )
        cohorts = store.cohorts.all()
        self.cohort = self._choice(
            "cohort", [(f"{c.name} ({c.code})", c.code) for c in cohorts[::-1]]
        )
        super().__init__(self._shown() if cohorts else [self._none()])
        if cohorts:
            self._listen()
            self._show_cohort()

    def _none(self) -> widgets.HTML:
        return widgets.HTML(draw(Paragraph(self.t("none"))))

    def _shown(self) -> list[widgets.Widget]:
        return [
            *(self.cohort, self.people, self.activity, self.which, self.message, self.body),
            *(self.heading, self.item, self.chosen, self.forms, self.after),
            *(self._head("download"), widgets.HBox([self.format, self.prepare]), self.link),
        ]

    def _head(self, key: str) -> widgets.HTML:
        sentence = Paragraph(self.t(f"{key}.sentence"))
        return widgets.HTML(draw(Heading(self.t(f"{key}.title")), sentence))

    def _choice(self, key: str, options: Sequence[object]) -> widgets.Dropdown:
        return widgets.Dropdown(
            options=options,
            description=self.t(f"choose.{key}"),
            layout=_wide(),
            style={"description_width": "9rem"},
        )

    def _listen(self) -> None:
        for choice, show in (
            (self.cohort, self._show_cohort),
            (self.activity, self._show_activity),
            (self.which, self._show_activity),
            (self.item, self._show_item),
            (self.forms, self._show_change),
        ):
            choice.observe(lambda _change, show=show: self._guarded(show), "value")
        self.prepare.on_click(lambda _button: self._guarded(self._download))

    def _guarded(self, doing: Callable[[], None]) -> None:
        """Do what was asked; say it where the results cannot be read."""
        try:
            doing()
        except Refused as error:
            known = isinstance(error, NotFound)
            text = str(error) if known else self.t("unreachable", reason=error)
            self.message.value = draw(Paragraph(text, role="alert"))

    def _show_cohort(self) -> None:
        self.now_at = self.store.cohorts.get(self.cohort.value)
        code = self.now_at.code
        quizzes = views.asked(self.compiler, self.now_at)
        learners, work = self.store.learners.of_cohort(code), self.store.results.attempts(code)
        self.people.value = draw(views.finished(self.t, learners, work, quizzes))
        self._offer_forms()
        self._show_change()
        begun = [activity_id for activity_id, _ in self.store.results.activities(code)]
        first = next((quiz_id for quiz_id in quizzes if quiz_id in begun), next(iter(begun), None))
        self.link.value = ""
        self.activity.options = begun
        self.activity.value = first
        self._show_activity()

    def _offer_forms(self) -> None:
        """Let the assessor choose which questionnaires to compare, where there is a choice."""
        pairs = views.form_pairs(self.compiler.course)
        self.scales.clear()
        options = []
        for pair in pairs:
            first, second = (self.compiler.quiz(quiz_id) for quiz_id in pair)
            label = self.t("choose.pair", first=first["title"], second=second["title"])
            ratings = (
                type_of(item).parts(item) for item in first["items"] if item["type"] == "likert"
            )
            self.scales[pair] = len(next(ratings, ()))
            options.append((label, pair))
        if list(self.forms.options) != options:
            self.forms.options = options
            self.forms.value = pairs[0] if pairs else None
        self.forms.layout.display = None if len(pairs) > 1 else "none"

    def _show_change(self) -> None:
        pair = self.forms.value
        self.after.value = ""
        if pair is not None:
            found = changes(self.store, self.now_at, pair)
            self.after.value = draw(views.before_after(self.t, found, self.scales[pair]))

    def _show_activity(self) -> None:
        self.message.value = self.body.value = self.chosen.value = ""
        self.versions = []
        self.item.options = []
        for part in (self.heading, self.item):
            part.layout.display = "none"
        if self.activity.value is None:
            self.message.value = draw(Paragraph(self.t("nothing")))
            return
        self.versions = analyse_activity(
            self.store, self.now_at, self.activity.value, self.which.value
        )
        if len(self.versions) > 1:
            self.message.value = draw(Paragraph(self.t("versions", n=len(self.versions))))
        shown = [part for version in self.versions for part in self._version(version)]
        self.body.value = draw(*shown)
        items = [
            (views.stem(version.content, item_id, 60), (n, item_id))
            for n, version in enumerate(self.versions)
            if isinstance(version, QuizVersion)
            for item_id in version.analysis.distractors
        ]
        if items:
            for part in (self.heading, self.item):
                part.layout.display = None
            self.item.options = items
            self._show_item()

    def _version(self, version: Version) -> list[Part]:
        told = self.t("version", version=version.content["version"], n=len(version.submissions))
        head: list[Part] = [Paragraph(told)]
        imported = sum(taken.attempt.scored_by == "import" for taken in version.submissions)
        if imported:
            head.append(Paragraph(self.t("imported", n=imported)))
        if isinstance(version, ScenarioVersion):
            return [*head, views.story(self.t, version.content, version.analysis)]
        analysis, content = version.analysis, version.content
        mark = analysis.test.pass_mark
        percents = [taken.attempt.percent or 0.0 for taken in version.submissions]
        return [
            *head,
            *(Paragraph(warning, strong=True) for warning in analysis.warnings),
            views.distribution(self.t, percents, mark),
            views.reliability(self.t, analysis),
            views.look_first(self.t, content, analysis),
            views.all_items(self.t, content, analysis),
            *views.guessing(self.t, analysis, mark),
        ]

    def _show_item(self) -> None:
        if self.item.value is None:
            return
        n, item_id = self.item.value
        version = self.versions[n]
        if isinstance(version, QuizVersion):
            parts = views.options(self.t, version.content, version.analysis, item_id)
            self.chosen.value = draw(*parts)

    def _download(self) -> None:
        """Put the file into the page as a link; say the command for one that is too large."""
        shape: export.Shape = self.format.value
        activity = self.activity.value if shape.startswith("moodle") else None
        asked = export.Options(activity=activity, bom=shape == "csv")
        data = b""
        for piece in export.export(self.store, self.now_at, shape, asked):
            data += piece
            if len(data) > MAX_LINK:
                command = f"collabcomm results export --cohort {self.now_at.code} --format {shape}"
                large = Paragraph(self.t("download.large", command=command))
                self.link.value = draw(large)
                return
        file = export.file_name(self.now_at, shape, "attempts")
        media = export.FORMATS[shape].media.split(";")[0]
        address = f"data:{media};base64,{base64.b64encode(data).decode()}"
        self.link.value = draw(Link(self.t("download.ready", name=file), file, address))


def teller(lang: str) -> views.Tell:
    """Return what tells a text of the desk in a language, its placeholders filled in."""
    texts = catalogue("desk", lang)

    def t(key: str, **values: object) -> str:
        return texts[key].format(**values)

    return t


def _wide() -> widgets.Layout:
    return widgets.Layout(width="100%", max_width="40rem")
