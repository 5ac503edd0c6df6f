/**
 * A participant's page in a trainer's room. Plain old JavaScript, since it meets old phones: no
 * modules, no fetch, nothing newer than 2011. It asks what is new, is kept waiting until something
 * is, and asks again; after a lost connection it waits a little longer each time.
 *
 * @import { Part, PublicMessage, Shown } from "../../player/types.d.ts"
 * @typedef {(status: number, answer: any) => void} Done status 0: the service was not reached
 */
// deno-lint-ignore-file no-var no-inner-declarations
"use strict";

var page = document.documentElement;
var api = "/api/rooms/" + page.getAttribute("data-code");
var main = /** @type {HTMLElement} */ (document.getElementById("main"));
var line = /** @type {HTMLElement} */ (document.getElementById("status"));
var strings = /** @type {HTMLElement} */ (document.getElementById("strings"));
/** @type {Record<string, string>} */
var texts = JSON.parse(strings.textContent || "{}");
var mark = "";
var wait = 0;
/** @type {PublicMessage | null} */
var room = null;
/** What this device voted for, by ballot. @type {Record<number, string>} */
var mine = {};
var said = "";
var drawn = "";

/** @param {string} key @param {string} [name] of a placeholder @param {string | number} [value] */
function t(key, name, value) {
  var text = texts[key] || key;
  return name ? text.replace("{" + name + "}", String(value)) : text;
}

/** @param {string} method @param {string} address @param {object | null} body @param {Done} done */
function ask(method, address, body, done) {
  var request = new XMLHttpRequest();
  request.open(method, address);
  request.timeout = 40000;
  if (body) request.setRequestHeader("Content-Type", "application/json");
  request.onloadend = function () {
    var answer = null;
    try {
      answer = JSON.parse(request.responseText);
    } catch (_error) {
      answer = null;
    }
    done(request.status, answer || {});
  };
  request.send(body ? JSON.stringify(body) : null);
}

/** Texts of the course are HTML that was cleaned when it was compiled; all else is text.
 * @param {HTMLElement} parent @param {string} tag @param {string} text @param {boolean} [markup]
 * @param {string} [name] of its class */
function add(parent, tag, text, markup, name) {
  var element = document.createElement(tag);
  if (markup) element.innerHTML = text;
  else element.appendChild(document.createTextNode(text));
  if (name) element.className = name;
  parent.appendChild(element);
  return element;
}

/** @param {string} text */
function say(text) {
  if (line.textContent !== text) line.textContent = text;
}

/** Try again, a little later each time. @param {() => void} doing */
function later(doing) {
  wait = Math.min(wait ? wait * 2 : 1, 20);
  say(t("page.lost"));
  setTimeout(doing, wait * 1000);
}

function enter() {
  ask("POST", api + "/enter", {}, function (status, answer) {
    if (status === 200) listen();
    else if (status === 404) gone(t("page.unknown"));
    else if (status === 410) gone(t("page.ended"));
    else if (status === 429) gone(answer.detail);
    else later(enter);
  });
}

/** @param {string} text why there is nothing to see */
function gone(text) {
  main.innerHTML = "";
  add(main, "h1", t("page.title"));
  add(main, "p", text);
  say("");
}

function listen() {
  ask("GET", api + "?since=" + encodeURIComponent(mark), null, function (status, answer) {
    if (status === 404) return gone(t("page.unknown"));
    if (status !== 200) return later(listen);
    if (wait) say(t("page.back"));
    wait = 0;
    if (answer.mark !== mark) {
      mark = answer.mark;
      room = answer;
      draw(answer);
    }
    setTimeout(listen, 30);
  });
}

/** @param {PublicMessage} now */
function draw(now) {
  var place = now.phase + ":" + now.heading;
  var moved = drawn && drawn !== place;
  var box = document.createElement("div");
  add(box, "p", now.title, true, "over");
  var heading = add(box, "h1", now.heading || t("page.title"), true);
  heading.tabIndex = -1;
  if (now.phase === "ended") add(box, "p", t("page.ended"), false, "next");
  else if (now.phase === "paused") add(box, "p", t("page.paused"), false, "next");
  if (now.content_note) {
    add(box, "h2", t("page.content_note"));
    add(box, "div", now.content_note, true, "note");
  }
  body(box, now);
  if (now.debrief) {
    add(box, "h2", t("page.debrief_text"));
    add(box, "div", now.debrief, true);
  }
  add(box, "p", t("page.private"), false, "small");
  main.innerHTML = "";
  main.appendChild(box);
  // What it said of the last vote goes with that vote.
  if (now.phase !== "vote" || now.ballot === null || !mine[now.ballot]) say("");
  if (moved) heading.focus();
  drawn = place;
}

/** The vote, what was shown, the tally and the scene. @param {HTMLElement} box
 * @param {PublicMessage} now */
function body(box, now) {
  if (now.phase === "vote") vote(box, now);
  for (var i = 0; i < now.shown.length; i++) shown(box, now.shown[i]);
  if (now.phase === "tally") {
    if (said) add(box, "p", t("page.counted", "text", said), false, "note");
    add(box, "p", t("page.talk"), false, "next");
  }
  if (now.phase === "scene" && !now.ending) add(box, "p", t("page.waiting"), false, "next");
  if (now.phase === "vote" || now.phase === "scene") scene(box, now);
}

/** @param {HTMLElement} box @param {PublicMessage} now */
function scene(box, now) {
  add(box, "h2", t("page.follow"));
  add(box, "div", now.scene, true);
  for (var i = 0; i < now.lines.length; i++) {
    var quote = add(box, "blockquote", "");
    add(quote, "strong", t("page.says", "who", now.lines[i].who));
    add(quote, "p", now.lines[i].says, true);
  }
}

/** @param {HTMLElement} box @param {PublicMessage} now */
function vote(box, now) {
  var ballot = Number(now.ballot);
  var field = add(box, "fieldset", "");
  add(field, "legend", now.ask || t("page.vote"), true);
  if (!mine[ballot]) said = "";
  for (var i = 0; i < now.choices.length; i++) button(field, ballot, now.choices[i]);
}

/** @param {HTMLElement} field @param {number} ballot @param {Part} choice */
function button(field, ballot, choice) {
  var label = add(field, "label", "", false, "choice");
  var input = document.createElement("input");
  input.type = "radio";
  input.name = "vote";
  input.value = choice.id;
  input.checked = mine[ballot] === choice.id;
  label.appendChild(input);
  var text = add(label, "span", choice.text, true);
  input.onchange = function () {
    said = text.textContent || "";
    send(ballot, choice.id, 0);
  };
}

/** A vote is sent again until it is answered; the same vote twice counts once.
 * @param {number} ballot @param {string} choice @param {number} tries */
function send(ballot, choice, tries) {
  mine[ballot] = choice;
  ask("POST", api + "/votes", { ballot: ballot, choice: choice }, function (status, answer) {
    if (mine[ballot] !== choice) return;
    if (status === 200) say(t("page.change"));
    else if (status === 401) enterAndSend(ballot, choice, tries);
    else if (status === 0 || status >= 500) {
      say(t("page.lost"));
      setTimeout(function () {
        if (room && room.ballot === ballot) send(ballot, choice, tries + 1);
      }, Math.min(1000 * (tries + 1), 8000));
    } else {
      delete mine[ballot];
      say(t("page.refused", "reason", answer.detail || status));
    }
  });
}

/** @param {number} ballot @param {string} choice @param {number} tries */
function enterAndSend(ballot, choice, tries) {
  ask("POST", api + "/enter", {}, function () {
    if (tries < 5) send(ballot, choice, tries + 1);
  });
}

/** @param {HTMLElement} box @param {Shown} choice */
function shown(box, choice) {
  var card = add(box, "section", "", false, "shown");
  add(card, "p", choice.text, true, "picked");
  if (choice.consequence) {
    add(card, "h2", t("page.consequence"));
    add(card, "div", choice.consequence, true);
  }
  if (choice.feedback) {
    add(card, "h2", t("page.reason"));
    if (choice.support) {
      add(card, "p", t("support." + choice.support), false, "support " + choice.support);
    }
    add(card, "div", choice.feedback, true);
    if (choice.arguments) {
      add(card, "p", t("page.for") + " " + choice.arguments["for"], true);
      add(card, "p", t("page.against") + " " + choice.arguments.against, true);
    }
    if (choice.reason) {
      add(card, "h2", t("page.evidence"));
      add(card, "div", choice.reason, true);
    }
    basis(card, choice);
  }
}

/** @param {HTMLElement} card @param {Shown} choice */
function basis(card, choice) {
  var rests = choice.basis ? [t("basis." + choice.basis)] : [];
  for (var i = 0; choice.evidence && i < choice.evidence.length; i++) {
    rests.push(choice.evidence[i].label);
  }
  if (rests.length) add(card, "p", t("page.basis") + " " + rests.join(" · "), false, "basis");
}

enter();
