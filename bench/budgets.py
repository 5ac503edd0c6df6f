"""Print the budgets of the project, beside a stock Jupyter Book page with the same ten questions.

Run it with ``make bench``. Nothing here passes or fails: machines differ, so look at the ratios of
figures from one run. Weights are gzip -6 of each response, as a web server would send them.
"""

from __future__ import annotations

import functools
import gzip
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from playwright.sync_api import sync_playwright

from collabcomm.book.assets import lean
from collabcomm.player.join import page_scripts
from collabcomm.testing import find_browser

REPO = Path(__file__).parent.parent

LESSON = "modules/human-behaviour/stress-and-trauma"
ROUNDS = 3

# What is measured, ours, the stock page's, and the budget.
Row = tuple[str, float, float | None, str]


def gzipped(text: str) -> int:
    return len(gzip.compress(text.encode(), 6))


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        pass


def serve(folder: Path) -> str:
    handler = functools.partial(Quiet, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def ten_questions() -> list[dict]:
    """Single-choice questions of the course's practice, in the authors' form."""
    found = []
    for path in sorted((REPO / "quizzes").glob("*.yml")):
        quiz = yaml.safe_load(path.read_text("utf-8"))
        found += [i for i in quiz["items"] if i["type"] == "single-choice"]
    return found[:10]


def our_book(folder: Path) -> tuple[Path, float, float]:
    """Build the course with the ten questions in one lesson; return site and build times."""
    for name in ("course.yml", "_config.yml", "_toc.yml"):
        shutil.copy(REPO / name, folder)
    for name in ("book", "modules", "quizzes", "scenarios"):
        shutil.copytree(REPO / name, folder / name)
    path = folder / "quizzes/stress-and-trauma.yml"
    quiz = yaml.safe_load(path.read_text("utf-8"))
    quiz["items"] += [
        item for item in ten_questions() if item["id"] not in {i["id"] for i in quiz["items"]}
    ]
    quiz["items"] = [i for i in quiz["items"] if i["type"] == "single-choice"][:10]
    keep = {"s1-4a", "s1-4b", "s1-4c"}
    for item in quiz["items"]:
        item["outcome"] = item["outcome"] if item["outcome"] in keep else "s1-4a"
        for option in item["options"]:  # misconceptions belong to a module
            option.pop("misconception", None)
    path.write_text(yaml.safe_dump(quiz, allow_unicode=True), "utf-8")
    page = folder / f"{LESSON}.md"
    page.write_text(page.read_text("utf-8") + "\n```{scenario} im-managing\n```\n", "utf-8")
    command = [sys.executable, "-m", "collabcomm", "build"]

    def build() -> float:
        start = time.perf_counter()
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        return time.perf_counter() - start

    clean = build()
    path.write_text(path.read_text("utf-8").replace("home", "house", 1), "utf-8")
    return folder / "_build/html", clean, build()


def stock_book(folder: Path) -> tuple[Path, float]:
    """Build a Jupyter Book as its guide says, with jupyterquiz, kernel and all."""
    questions = [
        {
            "question": item["stem"],
            "type": "multiple_choice",
            "answers": [
                {
                    "answer": option["text"],
                    "correct": bool(option.get("correct")),
                    "feedback": option["feedback"],
                }
                for option in item["options"]
            ],
        }
        for item in ten_questions()
    ]
    source = f"from jupyterquiz import display_quiz\ndisplay_quiz({questions!r})"
    cell = {
        "cell_type": "code",
        "id": "quiz",
        "metadata": {"tags": ["remove-input"]},
        "execution_count": None,
        "source": source,
        "outputs": [],
    }
    title = {"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# Questions"}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book = {
        "cells": [title, cell],
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (folder / "quiz.ipynb").write_text(json.dumps(book), "utf-8")
    (folder / "_config.yml").write_text("title: Stock\nexecute: {execute_notebooks: force}\n")
    (folder / "_toc.yml").write_text("format: jb-book\nroot: quiz\n")
    start = time.perf_counter()
    program = "from jupyter_book.cli.main import main; main()"
    command = [sys.executable, "-c", program, "build", str(folder), "-q"]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "_build/html", time.perf_counter() - start


def visit(browser, url: str, choose: str, answered: str, slow: bool) -> dict:
    """Open a page as a phone does; on a slow one, time it until a chosen answer has its reply."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    hosts, bodies, errors = set(), [], []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    page.on("response", lambda response: bodies.append(response))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: m.type == "error" and errors.append(m.text))
    context.route(lambda u: urlsplit(u).hostname != "127.0.0.1", lambda route: route.abort())
    if slow:
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        # Slow 4G as Lighthouse has it: 150 ms round trip, 1.6 Mbit/s down, 750 kbit/s up.
        conditions = {
            "offline": False,
            "latency": 150,
            "downloadThroughput": 1.6e6 / 8,
            "uploadThroughput": 750e3 / 8,
        }
        session.send("Network.emulateNetworkConditions", conditions)
        session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    start = time.perf_counter()
    page.goto(url, wait_until="commit", timeout=120_000)
    page.locator(choose).first.click(timeout=120_000)
    if answered.startswith("button:"):
        page.get_by_role("button", name=answered[7:], exact=True).first.click()
        page.locator(".cp-feedback").first.wait_for()
    else:
        page.locator(answered).first.wait_for()
    seconds = time.perf_counter() - start
    page.wait_for_load_state("networkidle")
    weight = 0
    for response in bodies:
        if response.status == 200 and urlsplit(response.url).hostname == "127.0.0.1":
            weight += len(gzip.compress(response.body(), 6))
    result = {
        "requests": len(bodies),
        "kB": weight / 1000,
        "outside": len(hosts - {"127.0.0.1", None}),
        "errors": len(errors),
        "seconds": seconds,
    }
    context.close()
    return result


def shown(value: float | None) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else f"{value:.1f}"


def visits(ours: str, stock: str) -> tuple[dict[str, dict], dict[str, float]]:
    """Return what each page weighs, and the median seconds until a question answers."""
    pages = {
        "ours": (ours, ".cp-option input", "button:Check"),
        "stock": (stock, ".MCButton, .Quiz label", ".Feedback:not(:empty)"),
    }
    figures: dict[str, dict] = {}
    times: dict[str, list[float]] = {"ours": [], "stock": []}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        for round_ in range(ROUNDS):
            for name, (url, choose, answered) in pages.items():
                if round_ == 0:
                    figures[name] = visit(browser, url, choose, answered, slow=False)
                times[name].append(visit(browser, url, choose, answered, slow=True)["seconds"])
        browser.close()
    return figures, {name: statistics.median(values) for name, values in times.items()}


def script_rows() -> list[Row]:
    """Return what the player's scripts and styles weigh, as pages load them."""
    styles = lean((REPO / "src/collabcomm/player/player.css").read_text("utf-8"))
    weights = {name: gzipped(script) / 1000 for name, script in page_scripts().items()}
    player = weights["player.js"] + gzipped(styles) / 1000
    story = player + weights["scenario.js"]
    return [
        ("player.js + player.css, kB gzip", player, None, "18"),
        ("with scenario.js, on the page of a story", story, None, "18"),
        ("and story.js, from when the story begins", story + weights["story.js"], None, ""),
        ("graded.js, on the page of a graded quiz only, kB gzip", weights["graded.js"], None, ""),
    ]


def main() -> None:
    """Build both, visit both, print the table."""
    with tempfile.TemporaryDirectory() as here:
        ours, stock = Path(here, "ours"), Path(here, "stock")
        ours.mkdir()
        stock.mkdir()
        site, clean, edited = our_book(ours)
        other, stock_build = stock_book(stock)
        figures, slow = visits(f"{serve(site)}/{LESSON}.html", f"{serve(other)}/quiz.html")
    page = "Page with ten questions (ours: a lesson and a scenario too), kB gzip"
    counted = [
        (page, "kB", "100"),
        ("Requests", "requests", "12"),
        ("Outside hosts", "outside", "0"),
        ("Console errors", "errors", "0"),
    ]
    rows: list[Row] = [
        *((label, figures["ours"][k], figures["stock"][k], budget) for label, k, budget in counted),
        ("Slow phone until a question answers, s (median of 3)", slow["ours"], slow["stock"], "2"),
        *script_rows(),
        ("Clean build, s (ours: the whole course; stock: one page)", clean, stock_build, "25"),
        ("Build after one edit of a quiz, s", edited, None, "4"),
    ]
    print(f"{'':72}{'ours':>8}{'stock':>8}{'ratio':>8}{'budget':>8}")
    for label, mine, theirs, budget in rows:
        ratio = f"{mine / theirs:.2f}" if theirs else ""
        print(f"{label:72}{shown(mine):>8}{shown(theirs):>8}{ratio:>8}{budget:>8}")


if __name__ == "__main__":
    main()
