// The pane on the right: a thread, notification previews, or the payloads that went to and fro.

import { call, clock, h, replace, say } from "./dom.js";
import { drawList } from "./feed.js";
import { typedText } from "./mrkdwn.js";

const $ = (id) => document.getElementById(id);

export function drawPane(screen) {
  const pane = $("pane");
  pane.hidden = screen.pane === null;
  document.body.classList.toggle("with-pane", screen.pane !== null);
  for (const button of document.querySelectorAll("[data-pane]")) {
    button.setAttribute("aria-pressed", String(button.dataset.pane === screen.pane));
  }
  if (screen.pane === null) {
    replace($("pane-body"));
    $("pane-body").dataset.key = "";
    return;
  }
  const [title, draw] = PANES[screen.pane];
  $("pane-title").textContent = title;
  const body = $("pane-body");
  if (body.dataset.pane !== screen.pane) {
    replace(body);
    body.dataset.key = "";
  }
  body.dataset.pane = screen.pane;
  draw(body, screen);
}

const PANES = {
  thread: ["Thread", drawThread],
  notify: ["What notifications show", drawNotifications],
  traffic: ["Payloads", drawTraffic],
};

function drawThread(body, screen) {
  const { channel, ts } = screen.thread;
  const messages = screen.data.messages.filter(
    (one) => one.channel === channel && (one.ts === ts || one.thread_ts === ts));
  const key = `${channel}/${ts}`;
  if (body.dataset.key !== key) {
    body.dataset.key = key;
    replace(body, h("div", { class: "thread" }), replyForm(channel, ts, screen));
  }
  drawList(body.querySelector(".thread"), messages, screen, { inThread: true });
}

function replyForm(channel, ts, screen) {
  const field = h("input", { id: "reply", type: "text", class: "control", "data-focus": "reply" });
  return h("form", { class: "reply-form", onsubmit: async (event) => {
    event.preventDefault();
    if (!field.value.trim()) return;
    try {
      const text = typedText(field.value.trim(), screen.data.people);
      await call("say", { user: screen.me, channel, text, thread_ts: ts });
      field.value = "";
    } catch (error) {
      say(error.message, "bad");
    }
  } }, h("label", { htmlFor: "reply" }, "Reply in this thread"), h("div", { class: "composer-row" }, field,
    h("button", { type: "submit", class: "button primary" }, "Reply")));
}

// Desktop takes its words from the blocks, phones from the text: both are worth a look before a real phone shows them.
function drawNotifications(body, screen) {
  const messages = screen.data.messages.filter((one) => one.by_app && !one.notice).slice(-12).reverse();
  const key = JSON.stringify(messages.map((one) => [one.ts, one.revision]));
  if (body.dataset.key === key) return;
  body.dataset.key = key;
  if (!messages.length) {
    replace(body, h("p", { class: "empty" }, "No messages of the app yet."));
    return;
  }
  replace(body, messages.map((one) => h("section", { class: "notice-pair" },
    h("h3", {}, `${clock(one.ts)} · #${screen.data.names[one.channel] ?? "message"}`),
    h("div", { class: "notice desktop" }, h("small", {}, "Desktop (from the blocks)"), h("p", {}, one.notification.desktop)),
    h("div", { class: "notice phone" }, h("small", {}, "Phone lock screen (from text)"),
      h("p", {}, one.notification.mobile || "(nothing: the message has no text)")))));
}

async function drawTraffic(body) {
  const response = await fetch("/sandbox/traffic");
  const { traffic } = await response.json();
  const key = JSON.stringify(traffic.map((one) => [one.at, one.outcome ?? one.ok]));
  if (body.dataset.pane !== "traffic" || body.dataset.key === key) return;
  body.dataset.key = key;
  const opened = new Set([...body.querySelectorAll("details[open]")].map((one) => one.dataset.key));
  replace(body, traffic.map((one) => trafficEntry(one, opened)));
}

function trafficEntry(one, opened) {
  const outgoing = one.way === "to app";
  const good = outgoing ? one.outcome === "acked" : one.ok;
  const key = `${one.way}${one.at}${one.id ?? one.method}`;
  const result = outgoing ? one.outcome : one.ok ? "ok" : one.error;
  const name = outgoing ? one.summary : one.method;
  return h("details", { class: `traffic ${outgoing ? "outgoing" : "incoming"}`, "data-key": key, open: opened.has(key) },
    h("summary", {},
      h("span", { class: "way" }, outgoing ? "→ app" : "← app"),
      h("span", { class: "what" }, name),
      h("span", { class: `result ${good ? "good" : "bad"}` }, result)),
    h("pre", { tabindex: "0" }, JSON.stringify(outgoing ? { payload: one.payload, answer: one.answer }
      : { arguments: one.arguments, answer: one.answer }, null, 2)));
}
