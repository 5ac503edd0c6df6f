"""Law at its source: where and when it was seen, and how it runs in one place."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from collabcomm.course.check import check
from collabcomm.course.compiler import Compiler
from collabcomm.course.law import MAX_UNSEEN, law_problems
from collabcomm.course.loader import load
from collabcomm.course.local import past_review
from collabcomm.testing import run_command
from collabcomm.texts import day_words, text_of
from folders import SMALL

LESSON = "modules/visiting/at-the-door"


@pytest.fixture
def course(tmp_path):
    return Path(shutil.copytree(SMALL, tmp_path / "course"))


def rewrite(file, old, new):
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def part(small_book, page, pattern):
    """Return the first part of a page that a pattern finds, as text."""
    return text_of(re.search(pattern, (small_book / page).read_text("utf-8"), re.DOTALL)[0])


def test_a_tag_says_act_and_section(small_book):
    page = (small_book / f"{LESSON}.html").read_text("utf-8")
    assert '#ref-doors2014s5" title="Doors Act 2014">Doors Act, section 5</a>' in page


def test_law_that_was_not_seen_is_marked_where_it_stands(small_book):
    page = (small_book / f"{LESSON}.html").read_text("utf-8")
    (_, tag) = re.findall(r"<a [^>]*#ref-bells.*?</a>", page)[:2]
    assert text_of(tag) == "A council 2019 not checked at source"
    assert 'title="We could not read this at its source: it is not on the web"' in tag
    assert "not checked" not in re.search(r"<a [^>]*#ref-doors2014s5.*?</a>", page)[0]


def test_the_references_say_where_and_when_each_was_seen(small_book):
    seen = part(small_book, "book/references.html", r'id="ref-doors2014s5">.*?</p>')
    assert "Doors Act, section 5. Doors Act 2014" in seen
    assert "https://law.example/doors/5 seen on 24 November 2026" in seen
    quoted = part(small_book, "book/references.html", r'id="ref-doors2014s6">.*?</p>')
    assert "not opened itself; seen on 24 November 2026 as quoted by a newspaper" in quoted
    unseen = part(small_book, "book/references.html", r'id="ref-bells">.*?</p>')
    assert "page 3. not seen at its source: it is not on the web" in unseen


def test_a_procedure_says_who_how_by_when_and_what_if_nobody_answers(small_book):
    told = part(small_book, f"{LESSON}.html", r'<details id="procedure-ring-first">.*?</details>')
    assert told.startswith("How this runs in Smallland: Ringing before a visit")
    for words in ("Who Whoever goes", "How By telephone", "By when A day before", "Rests on:"):
        assert words in told
    assert "If nobody answers Write a card" in told
    assert told.endswith("Reviewed 24 November 2026, to be reviewed by 31 May 2100.")


def test_a_module_says_who_answers_for_it_and_what_changed(small_book):
    told = part(small_book, "modules/visiting/index.html", r'<div class="upkeep.*?</div>')
    assert "Answers for this module: The visitors' desk." in told
    assert "Reviewed 24 November 2026. To be reviewed by 31 May 2100." in told
    assert "What changed" in told
    assert told.endswith("24 November 2026 Says how a visit is announced.")


@pytest.mark.parametrize("lacking", ["url", "urldate"])
def test_law_without_address_or_day_is_named_wherever_it_stands(course, lacking):
    fields = {"url": "url = {https://law.example/doors/5}, urldate", "urldate": ", urldate = {2026"}
    kept = {"url": "unsaid", "urldate": ", unsaid = {2026"}
    rewrite(course / "book/references.bib", fields[lacking], kept[lacking])
    story = course / "scenarios/doorstep.yml"
    rewrite(
        story,
        "basis: theory\n        sources: [brehm1966]",
        "basis: law\n        sources: [doors2014s5]",
    )
    bank = course / "quizzes/bank.yml"
    rewrite(
        bank, "basis: theory\n    sources: [brehm1966]", "basis: law\n    sources: [doors2014s5]"
    )
    found = list(law_problems(load(course)))
    files = {problem.file for problem in found}
    assert files == {
        f"{LESSON}.md",
        "modules/visiting/local.yml",
        "scenarios/doorstep.yml",
        "quizzes/bank.yml",
    }
    lacks = "url and urldate" if lacking == "url" else "urldate"
    says = f"'doors2014s5' is law without {lacks} in book/references.bib. Look it up"
    assert all(problem.line and problem.message.startswith(says) for problem in found)


def test_a_question_on_law_that_was_not_seen_says_so(course):
    bank = course / "quizzes/bank.yml"
    rewrite(bank, "basis: theory\n    sources: [brehm1966]", "basis: law\n    sources: [bells]")
    items = Compiler(load(course).course).quiz("bank")["items"]
    assert items[0]["evidence"][0]["label"] == "A council 2019 (not checked at source)"


def test_theory_beside_the_law_of_an_item_needs_no_day(course):
    bank = course / "quizzes/bank.yml"
    old = "basis: theory\n    sources: [brehm1966]"
    rewrite(bank, old, "basis: law\n    sources: [brehm1966, doors2014s5]")
    assert check(load(course)) == []
    rewrite(bank, "sources: [brehm1966, doors2014s5]", "sources: [brehm1966]")
    assert "'brehm1966' is law without url and urldate" in str(check(load(course))[0])


def test_law_in_the_small_course_was_seen_or_says_why_not():
    assert list(law_problems(load(SMALL))) == []


def test_pages_rest_on_little_that_was_not_seen(course):
    page = course / f"{LESSON}.md"
    text = page.read_text("utf-8")
    page.write_text(text + "\nIt rings {law}`bells`.\n" * (MAX_UNSEEN - 2))
    assert list(law_problems(load(course))) == []  # with one in the text and one in a procedure
    page.write_text(text + "\nIt rings {law}`bells`.\n" * (MAX_UNSEEN - 1))
    (found,) = law_problems(load(course))
    assert (
        f"{MAX_UNSEEN + 1} sentences of law on pages rest on entries marked unseen or via"
        in str(found)
    )
    assert f"{LESSON}.md:5" in found.message


def test_a_procedure_has_an_id_of_its_own_in_the_whole_course(course):
    shutil.copy(course / "modules/visiting/local.yml", course / "modules/first/local.yml")
    rewrite(course / "modules/first/local.yml", "lesson: at-the-door", "lesson: start")
    (course / "modules/first/start.md").write_text(
        "# Start\n\n{claim}`claim-a`\n\n```{procedure} ring-first\n```\n"
    )
    (found,) = check(load(course))
    assert str(found).startswith("modules/visiting/local.yml:5: procedure 'ring-first':")
    assert "stands in modules/first/local.yml already" in found.message


def test_what_is_past_its_review_date_is_reported_and_fails_nothing(course):
    loaded = load(course)
    assert list(past_review(loaded, date(2100, 5, 31))) == []
    assert list(past_review(loaded, date(2100, 6, 1))) == [
        "modules/visiting/local.yml: was to be reviewed by 31 May 2100",
        "modules/visiting/module.yml: was to be reviewed by 31 May 2100",
    ]
    rewrite(
        course / "modules/visiting/module.yml", "review_by: 2100-05-31", "review_by: 2020-05-31"
    )
    done = run_command("check", cwd=course)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == (
        "modules/visiting/module.yml: was to be reviewed by 31 May 2020"
    )


def test_a_course_may_go_without_all_of_it(course):
    for file in ("module.yml", "local.yml"):
        path = course / "modules/visiting" / file
        if file == "local.yml":
            path.unlink()
        else:
            path.write_text(path.read_text("utf-8").partition("owner:")[0])
    page = course / f"{LESSON}.md"
    page.write_text(page.read_text("utf-8").partition("```{procedure}")[0])
    assert check(load(course)) == []
    assert list(past_review(load(course), date(2999, 1, 1))) == []


def test_a_day_is_written_in_words_whatever_the_machine_speaks():
    assert day_words(date(2027, 5, 31)) == "31 May 2027"
