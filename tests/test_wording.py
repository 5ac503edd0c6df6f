"""How lessons are told: what counts as prose, its rhythm and marks, what is said again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from collabcomm.course.loader import load
from collabcomm.course.manner import alike, manner_report, manners
from collabcomm.course.prose import Passage, passages, sentences_of
from collabcomm.course.runs import formulae
from collabcomm.course.wording import report
from folders import SMALL

LESSON = "modules/first/start.md"
FORMS = """\
# Start

Something was reported {claim}`claim-a`. A *second* sentence.

```{dissection} The desk's note
> abusive, left
A judgement: who saw what?

- One thing.
```

```{transcript} Tuesday, 11.20
Duty: Who's calling?
Nurse: It's the school.
? What would you say?
```

````{case} the-prossers
:part: 2
:title: The second letter

A letter came.

```{dialogue}
Ann: Well?
```
````

```{chairs} Twenty minutes
# Delyth, whose meeting it is
She counts the chairs.
```

```{myth} "GDPR doesn't let us."
Law: It does {law}`doors2014s5`.
It always did.
Say: "I may tell
you this."
```

```{timeline} Eleven weeks
2 March, school: Rings and is told to wait.
```

```{tool} Before you ring
- [ ] What I saw
```

```{procedure} ring-first
```

```{support}
```

## Try it

| A | B |
|---|---|
| c | d |

```sh
not prose
```
"""


@pytest.fixture
def course(tmp_path):
    return Path(shutil.copytree(SMALL, tmp_path / "course"))


def texts(course, file, *kinds):
    return [
        p.text for p in passages(load(course)) if p.file == file and (not kinds or p.kind in kinds)
    ]


def lessons(course, *pages):
    """Return how lessons are told: the first is `start`, the others those of `visiting`."""
    files = (LESSON, "modules/visiting/at-the-door.md", "modules/visiting/afterwards.md")
    for file, page in zip(files, pages, strict=False):
        (course / file).write_text(page, "utf-8")
    return manners(load(course))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (
            "text",
            [
                "Something was reported. A *second* sentence.",
                "A judgement: who saw what?",
                "A letter came.",
                "She counts the chairs.",
                "It does. It always did.",
            ],
        ),
        (
            "heading",
            [
                "Start",
                "The desk's note",
                "Tuesday, 11.20",
                "The second letter",
                "Twenty minutes",
                "Delyth, whose meeting it is",
                '"GDPR doesn\'t let us."',
                "Eleven weeks",
                "Before you ring",
                "Try it",
            ],
        ),
        (
            "speech",
            [
                "Who's calling?",
                "It's the school.",
                "What would you say?",
                "Well?",
                '"I may tell you this."',
            ],
        ),
        ("record", ["abusive, left", "Rings and is told to wait."]),
        ("item", ["One thing.", "What I saw", "A", "B", "c", "d"]),
    ],
)
def test_each_form_is_read_as_what_it_is_without_its_marks(course, kind, expected):
    (course / LESSON).write_text(FORMS, "utf-8")
    assert texts(course, LESSON, kind) == expected


def test_every_passage_is_found_in_the_line_that_it_names(course):
    (course / LESSON).write_text(FORMS, "utf-8")
    rows = FORMS.splitlines()
    for passage in passages(load(course)):
        if passage.file == LESSON:
            start = passage.text.replace("A *second*", "").split()[0].strip('"')
            assert start in rows[passage.line - 1], passage


def test_how_things_run_in_one_place_is_read_too(course):
    told = texts(course, "modules/visiting/local.yml")
    assert "By *telephone*." in told
    assert "Whoever goes, to whoever lives there." in told
    assert "In the drawer at the desk." in told
    assert "glenys" not in texts(course, "scenarios/doorstep.yml")


def test_rhythm_is_that_of_running_prose(course):
    (told, *_) = lessons(course, FORMS)
    assert told.lengths == [3, 3, 5, 3, 4, 2, 3]
    assert (told.mean, told.short) == (pytest.approx(23 / 7), 100)


def test_marks_are_counted_by_hundred_words_and_by_line(course):
    page = (
        f"# Start\n\n{'word ' * 47}end {{claim}}`claim-a`.\n\n"
        "One {claim}`claim-a`, two {judgement}`our view`.\n"
    )
    (told, *_) = lessons(course, page)
    assert (told.words, told.marks, told.views, told.crowded) == (51, 3, 1, [5])
    assert told.marked == pytest.approx(100 * 3 / 51)


def test_openings_that_are_built_alike_are_named(course):
    found = dict(
        alike(
            lessons(
                course,
                "# A\n\nDelyth, 34, opens. Nobody came.\n\n## B\n\nShe stays {claim}`claim-a`.\n",
                "# A\n\nRhian Ann, 41, waits.\n\n## B\n\nShe stays, too.\n",
                "# A\n\nThe letter came.\n\n## B\n\nThere was no one.\n",
            )
        )
    )
    one, two, three = (
        "modules/first/start.md",
        "modules/visiting/at-the-door.md",
        "modules/visiting/afterwards.md",
    )
    assert found == {
        "first sentence begins “Name, NN,”": [one, two],
        "last sentence begins “she stays”": [one, two],
        "opening ends with “nobody”": [one],
        "lesson ends with “nobody”": [three],
        "heading “B”": [one, two, three],
    }


def test_formulae_are_the_longest_runs_of_three_files():
    said = [Passage(f"{n}.md", n, "Please name nobody you support!", "text") for n in (1, 2, 3)]
    said += [Passage("4.md", 4, "name nobody you support, and", "text")]
    said += [Passage(f"{n}.md", 9, "and so it is that way", "text") for n in (1, 2, 3)]
    said += [Passage(f"{n}.md", 9, "only in two lessons here", "text") for n in (1, 2)]
    assert [(x.words, x.places) for x in formulae(said)] == [
        ("name nobody you support", ("1.md:1", "2.md:2", "3.md:3", "4.md:4")),
        ("please name nobody you support", ("1.md:1", "2.md:2", "3.md:3")),
    ]


def test_a_lesson_without_prose_is_reported_and_breaks_nothing(course):
    (told, *_) = lessons(course, "# Start\n")
    assert (told.mean, told.short, told.first, told.last) == (0, 0, "", "")
    assert any(line.startswith(f"  {LESSON}") for line in manner_report(load(course)))


def test_the_report_ends_with_how_lessons_are_told(course):
    lines = list(report(load(course)))
    assert "First sentences of the lessons:" in lines
    assert f"  {LESSON}: Something was reported." in lines
    assert lines.index("Terms that the glossary lacks:") < lines.index(
        "Lessons that begin or end alike:"
    )


def test_sentences_end_at_their_stops():
    assert sentences_of("One. “Two?” Three … 4") == ["One.", "“Two?", "Three …"]
