// The page: one persona's screen, drawn again whenever the stand-in says that something changed.

import { call, h, keepingFocus, replace, say } from "./dom.js";
import { uploadAll } from "./elements.js";
import { askForWord, drawHome, drawModal } from "./views.js";
import { drawFeed } from "./feed.js";
import { drawPane } from "./panes.js";
import { typedText } from "./mrkdwn.js";

const asked = new URLSearchParams(location.search);
const screen = {
  me: asked.get("as") ?? remembered("persona") ?? "",
  room: asked.get("channel") ?? remembered("room") ?? "ap-review",
  pane: null,
  thread: null,
  data: null,
};
const $ = (id) => document.getElementById(id);

function remembered(name) {
  try {
    return sessionStorage.getItem(`standin-${name}`);
  } catch {
    return null;
  }
}

function remember() {
  try {
    sessionStorage.setItem("standin-persona", screen.me);
    sessionStorage.setItem("standin-room", screen.room);
  } catch {
    // A private window without storage: the page works, it only forgets.
  }
}

// Fetching: never two at once, and once more when something changed meanwhile.

let fetching = false;
let again = false;

async function refresh() {
  if (fetching) {
    again = true;
    return;
  }
  fetching = true;
  try {
    do {
      again = false;
      const wanted = screen.me;
      const response = await fetch(`/sandbox/snapshot?user=${encodeURIComponent(wanted)}`);
      const data = await response.json();
      // Somebody may have become another persona while this was on its way.
      if (screen.me !== wanted) {
        again = true;
        continue;
      }
      screen.data = data;
      screen.me = data.me;
      draw();
    } while (again);
  } finally {
    fetching = false;
  }
}

function draw() {
  keepingFocus(() => {
    drawPersonas();
    drawRooms();
    drawRoom();
  });
  drawModal($("modal"), screen);
  drawPane(screen);
  drawLink();
}

function drawLink() {
  const { kind, connected, sockets } = screen.data.transport;
  const words = kind === "http" ? "App reached by signed HTTP" : `App connected (${sockets})`;
  $("link").textContent = connected ? words : "App not connected";
  $("link").className = `link ${connected ? "up" : "down"}`;
}

function drawPersonas() {
  const picker = $("persona");
  const people = Object.values(screen.data.people).filter((one) => !one.is_bot);
  const key = JSON.stringify([people, screen.me]);
  if (picker.dataset.key === key) return;
  picker.dataset.key = key;
  replace(picker, people.map((one) => h("option", { value: one.id, selected: one.id === screen.me }, one.real_name)));
  const me = screen.data.people[screen.me];
  const marks = [me.title, me.external ? "another workspace" : "", me.deleted ? "account deactivated" : "",
    me.is_restricted ? "guest" : ""];
  $("persona-note").textContent = marks.filter(Boolean).join(" · ");
}

function roomNow() {
  const wanted = screen.room.replace(/^#/, "");
  if (wanted === "home") return { id: "home", name: "Home", home: true };
  const channels = screen.data.channels;
  return channels.find((one) => one.id === wanted || one.name === wanted || (one.kind === "im" && wanted === "app"))
    ?? channels[0];
}

function drawRooms() {
  const here = roomNow();
  const channels = screen.data.channels;
  const key = JSON.stringify([channels.map((one) => [one.id, one.name, one.is_ext_shared]), here.id]);
  const box = $("rooms");
  if (box.dataset.key === key) return;
  box.dataset.key = key;
  const rooms = channels.filter((one) => one.kind !== "im");
  const direct = channels.find((one) => one.kind === "im");
  replace(box,
    h("h2", {}, "Tieout app"),
    h("ul", {},
      roomButton({ id: "home", name: "Home tab" }, "⌂", here.id === "home"),
      roomButton({ id: direct.id, name: "Direct messages" }, "✉", here.id === direct.id)),
    h("h2", {}, "Channels"),
    h("ul", {}, rooms.map((one) => roomButton(one, one.kind === "private" ? "🔒" : "#", one.id === here.id))));
}

function roomButton(room, sign, current) {
  return h("li", {}, h("button", {
    type: "button", class: "room", "aria-current": current ? "page" : null, "data-focus": `room-${room.id}`,
    onclick: () => enter(room.id),
  }, h("span", { class: "room-sign", "aria-hidden": "true" }, sign), h("span", {}, room.name),
  room.is_ext_shared ? h("span", { class: "tag" }, "shared") : null));
}

async function enter(id) {
  screen.room = id;
  remember();
  draw();
  if (id === "home") await call("open_home", { user: screen.me }).catch((error) => say(error.message, "bad"));
}

function drawRoom() {
  const room = roomNow();
  const title = room.home ? "Tieout · Home" : room.kind === "im" ? "Tieout · Direct messages" : `# ${room.name}`;
  $("room-name").textContent = title;
  $("room-topic").textContent = room.is_ext_shared ? `Shared with another company. ${room.topic}` : room.topic ?? "";
  $("composer").hidden = Boolean(room.home);
  $("words-label").textContent = `Message ${title}, or a slash command such as /tieout help`;
  if (room.home) drawHome($("feed"), screen);
  else drawFeed($("feed"), screen, room, { openThread });
}

function openThread(channel, ts) {
  screen.pane = "thread";
  screen.thread = { channel, ts };
  drawPane(screen);
  $("pane-title").setAttribute("tabindex", "-1");
  $("pane-title").focus();
}

// What the person does outside of cards.

async function send(event) {
  event.preventDefault();
  const field = $("words");
  const text = field.value.trim();
  const files = $("attach").files;
  if (!text && !files.length) return;
  const room = roomNow();
  try {
    if (text.startsWith("/")) {
      await call("slash", { user: screen.me, channel: room.id, line: text });
    } else {
      const ids = await uploadAll(files, screen.me);
      await call("say", { user: screen.me, channel: room.id, text: typedText(text, screen.data.people), files: ids });
    }
    field.value = "";
    $("attach").value = "";
  } catch (error) {
    say(error.message, "bad");
  }
}

async function globalShortcut() {
  const word = await askForWord("Global shortcut", "callback_id of the shortcut");
  if (!word) return;
  await call("shortcut", { user: screen.me, callback_id: word }).catch((error) => say(error.message, "bad"));
}

function switchPane(name) {
  screen.pane = screen.pane === name ? null : name;
  drawPane(screen);
}

function listen() {
  $("persona").addEventListener("change", (event) => {
    screen.me = event.target.value;
    screen.thread = null;
    if (screen.pane === "thread") screen.pane = null;
    remember();
    refresh();
  });
  $("composer").addEventListener("submit", send);
  for (const button of document.querySelectorAll("[data-pane]")) {
    button.addEventListener("click", () => switchPane(button.dataset.pane));
  }
  $("shortcut").addEventListener("click", globalShortcut);
  $("pane-close").addEventListener("click", () => switchPane(screen.pane));
  const changes = new EventSource("/sandbox/changes");
  changes.onmessage = () => refresh().catch((error) => say(error.message, "bad"));
}

async function start() {
  // Loading the page is reloading Slack: what was only for one pair of eyes is gone.
  if (screen.me) await call("reload", { user: screen.me }).catch(() => null);
  await refresh();
  remember();
  listen();
  if (screen.room === "home") await call("open_home", { user: screen.me });
}

start().catch((error) => say(error.message, "bad"));
