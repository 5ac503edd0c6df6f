/**
 * A participant's page in a trainer's room. Plain old JavaScript, since it meets old phones: no
 * modules, no fetch, nothing newer than 2011. It asks what is new, is kept waiting until something
 * is, and asks again; after a lost connection it waits a little longer each time.
 */
(function () {
  "use strict";
  var page = document.documentElement;
  var api = "/api/rooms/" + page.getAttribute("data-code");
  var texts = JSON.parse(document.getElementById("strings").textContent);
  var main = document.getElementById("main");
  var status = document.getElementById("status");
  var mark = "";
  var wait = 0;
  var room = null;
  var mine = {};
  var said = "";
  var drawn = "";

  function t(key, name, value) {
    var text = texts[key] || key;
    return name ? text.replace("{" + name + "}", value) : text;
  }

  function ask(method, address, body, done) {
    var request = new XMLHttpRequest();
    request.open(method, address);
    request.timeout = 40000;
    if (body) request.setRequestHeader("Content-Type", "application/json");
    request.onloadend = function () {
      var answer = null;
      try {
        answer = JSON.parse(request.responseText);
      } catch (error) {
        answer = null;
      }
      done(request.status, answer || {});
    };
    request.send(body ? JSON.stringify(body) : null);
  }

  /** Texts of the course are HTML that was cleaned when it was compiled; all else is text. */
  function add(parent, tag, text, markup, name) {
    var element = document.createElement(tag);
    if (markup) element.innerHTML = text;
    else element.appendChild(document.createTextNode(text));
    if (name) element.className = name;
    parent.appendChild(element);
    return element;
  }

  function say(text) {
    if (status.textContent !== text) status.textContent = text;
  }

  function later() {
    wait = Math.min(wait ? wait * 2 : 1, 20);
    say(t("page.lost"));
    setTimeout(listen, wait * 1000);
  }

  function enter() {
    ask("POST", api + "/enter", {}, function (code, answer) {
      if (code === 200) listen();
      else if (code === 404) gone(t("page.unknown"));
      else if (code === 410) gone(t("page.ended"));
      else if (code === 429) gone(answer.detail);
      else {
        wait = Math.min(wait ? wait * 2 : 1, 20);
        say(t("page.lost"));
        setTimeout(enter, wait * 1000);
      }
    });
  }

  function gone(text) {
    main.innerHTML = "";
    add(main, "h1", t("page.title"));
    add(main, "p", text);
    say("");
  }

  function listen() {
    ask("GET", api + "?since=" + encodeURIComponent(mark), null, function (code, answer) {
      if (code === 404) return gone(t("page.unknown"));
      if (code !== 200) return later();
      if (wait) say(t("page.back"));
      wait = 0;
      if (answer.mark !== mark) {
        mark = answer.mark;
        room = answer;
        draw();
      }
      setTimeout(listen, 30);
    });
  }

  function draw() {
    var place = room.phase + ":" + room.heading;
    var moved = drawn && drawn !== place;
    var box = document.createElement("div");
    var i;
    add(box, "p", room.title, true, "over");
    var heading = add(box, "h1", room.heading || t("page.title"), true);
    heading.tabIndex = -1;
    if (room.phase === "ended") add(box, "p", t("page.ended"), false, "next");
    else if (room.phase === "paused") add(box, "p", t("page.paused"), false, "next");
    if (room.content_note) {
      add(box, "h2", t("page.content_note"));
      add(box, "div", room.content_note, true, "note");
    }
    if (room.phase === "vote") vote(box);
    for (i = 0; i < room.shown.length; i++) shown(box, room.shown[i]);
    if (room.phase === "tally") {
      if (said) add(box, "p", t("page.counted", "text", said), false, "note");
      add(box, "p", t("page.talk"), false, "next");
    }
    if (room.phase === "scene" && !room.ending) add(box, "p", t("page.waiting"), false, "next");
    if (room.phase === "vote" || room.phase === "scene") scene(box);
    if (room.debrief) {
      add(box, "h2", t("page.debrief_text"));
      add(box, "div", room.debrief, true);
    }
    add(box, "p", t("page.private"), false, "small");
    main.innerHTML = "";
    main.appendChild(box);
    if (room.phase !== "vote" || !mine[room.ballot]) say(""); // what it said of the last vote
    if (moved) heading.focus();
    drawn = place;
  }

  function scene(box) {
    var i;
    add(box, "h2", t("page.follow"));
    add(box, "div", room.scene, true);
    for (i = 0; i < room.lines.length; i++) {
      var quote = add(box, "blockquote", "");
      add(quote, "strong", t("page.says", "who", room.lines[i].who));
      add(quote, "p", room.lines[i].says, true);
    }
  }

  function vote(box) {
    var ballot = room.ballot;
    var field = add(box, "fieldset", "");
    add(field, "legend", room.ask || t("page.vote"), true);
    if (!mine[ballot]) said = "";
    for (var i = 0; i < room.choices.length; i++) button(field, ballot, room.choices[i]);
  }

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
      said = text.textContent;
      send(ballot, choice.id, 0);
    };
  }

  /** A vote is sent again until it is answered; the same vote twice counts once. */
  function send(ballot, choice, tries) {
    mine[ballot] = choice;
    ask("POST", api + "/votes", { ballot: ballot, choice: choice }, function (code, answer) {
      if (mine[ballot] !== choice) return;
      if (code === 200) say(t("page.change"));
      else if (code === 401) ask("POST", api + "/enter", {}, function () {
        if (tries < 5) send(ballot, choice, tries + 1);
      });
      else if (code === 0 || code >= 500) {
        say(t("page.lost"));
        setTimeout(function () {
          if (room && room.ballot === ballot) send(ballot, choice, tries + 1);
        }, Math.min(1000 * (tries + 1), 8000));
      } else {
        delete mine[ballot];
        say(t("page.refused", "reason", answer.detail || code));
      }
    });
  }

  function shown(box, one) {
    var card = add(box, "section", "", false, "shown");
    add(card, "p", one.text, true, "picked");
    if (one.consequence) {
      add(card, "h2", t("page.consequence"));
      add(card, "div", one.consequence, true);
    }
    if (one.feedback) {
      add(card, "h2", t("page.reason"));
      if (one.support) add(card, "p", t("support." + one.support), false, "support " + one.support);
      add(card, "div", one.feedback, true);
      basis(card, one);
    }
  }

  function basis(card, one) {
    var rests = one.basis ? [t("basis." + one.basis)] : [];
    for (var i = 0; one.evidence && i < one.evidence.length; i++) rests.push(one.evidence[i].label);
    if (rests.length) add(card, "p", t("page.basis") + " " + rests.join(" · "), false, "basis");
  }

  enter();
})();
