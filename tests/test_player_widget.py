"""The player as anywidget runs it, from a blob."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from collabcomm.player.join import widget_script
from player_data import (
    QUIZ,
    REFLECTION,
    SINGLE,
    STORY,
)
from player_steps import (
    BODY,
    T,
    press,
    quiz_of,
    t,
)

MODEL = """
async ([data, state]) => {
  const values = {data, state}, handlers = {};
  window.sent = [];
  window.model = {
    get: name => values[name],
    set(name, value) { values[name] = value; (handlers[`change:${name}`] || []).forEach(f => f()) },
    save_changes() {}, send: content => window.sent.push(content),
    on: (name, f) => (handlers[name] = handlers[name] || []).push(f), off() {},
  };
  const source = await (await fetch('/widget.js')).text();
  const url = URL.createObjectURL(new Blob([source], {type: 'text/javascript'}));
  const el = document.createElement('div');
  document.querySelector('main').append(el);
  const module = await import(url);
  module.default.render({model: window.model, el});
}
"""


@pytest.fixture
def cell(book, site, reader):
    """A page whose security policy allows modules from a blob, as a notebook's does."""
    site.files["/widget.js"] = widget_script()
    url = book()
    reader.context.route(
        "**/page.html",
        lambda r: r.fulfill(body=site.files["/modules/m/page.html"], content_type="text/html"),
    )
    return reader.open(url)


def test_widget_keeps_its_state_in_the_model(cell):
    tab = cell
    data = {**quiz_of(SINGLE, REFLECTION), "strings": dict(T)}
    tab.evaluate(MODEL, [data, {}])
    tab.get_by_label(t("your_words")).fill("My secret")
    tab.get_by_role("radio").first.check()
    press(tab, "check")
    expect(tab.locator(BODY).get_by_text("It leaves the choice.")).to_be_visible()
    expect(tab.locator(BODY).get_by_role("link")).to_have_count(0)
    state = tab.evaluate("window.model.get('state')")
    assert state["checked"] == {"single": True}
    assert state["responses"] == {"single": "ask"}
    assert [m["event"]["type"] for m in tab.evaluate("window.sent")] == [
        "response",
        "check",
        "finish",
    ]
    assert tab.evaluate("localStorage.length") == 0
    tab.evaluate("window.model.set('state', {})")
    expect(tab.locator(BODY).get_by_text("It leaves the choice.")).to_have_count(0)


@pytest.mark.parametrize("data", [QUIZ, STORY])
def test_widget_says_that_its_activity_is_newer_and_plays_the_next_that_is_not(cell, data):
    old = {**data, "strings": dict(T)}
    cell.evaluate(MODEL, [old, {}])
    expect(cell.locator(".cp-title")).to_be_visible()
    cell.evaluate("data => window.model.set('data', data)", {**old, "format": 2})
    expect(cell.locator(".cp-notice")).to_have_text(t("newer"))
    expect(cell.locator(".cp-title")).to_have_count(0)
    cell.evaluate("data => window.model.set('data', data)", old)
    expect(cell.locator(".cp-title")).to_be_visible()
    expect(cell.get_by_text(t("newer"))).to_have_count(0)
