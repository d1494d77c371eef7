// Messages of a channel and of a thread. Each is an article; it is drawn again only when it changed.

import { call, clock, h, replace, say } from "./dom.js";
import { drawBlocks, drawFallback } from "./blocks.js";
import { askFirst, showRaw, askForWord } from "./views.js";

export function drawFeed(feed, screen, room, tools) {
  const all = screen.data.messages.filter((one) => one.channel === room.id);
  const shown = all.filter((one) => !one.thread_ts || one.thread_ts === one.ts || one.broadcast || one.ephemeral);
  const atEnd = feed.scrollHeight - feed.scrollTop - feed.clientHeight < 80 || feed.dataset.room !== room.id;
  if (feed.dataset.room !== room.id) replace(feed);
  feed.dataset.room = room.id;
  if (!shown.length) {
    replace(feed, h("p", { class: "empty" }, "Nothing here yet. Cards of the app appear as it posts them."));
  } else {
    feed.querySelector(":scope > .empty")?.remove();
    drawList(feed, shown, screen, tools);
  }
  if (atEnd) feed.scrollTop = feed.scrollHeight;
}

export function drawList(box, messages, screen, tools) {
  const present = new Map([...box.children].map((node) => [node.dataset.ts, node]));
  const wanted = new Set(messages.map((one) => one.ts));
  for (const [ts, node] of present) if (!wanted.has(ts)) node.remove();
  let before = null;
  for (const message of messages) {
    const replies = repliesOf(message, screen);
    const key = JSON.stringify([message.revision, message.state, screen.me, replies.length, tools.inThread ?? false]);
    let node = present.get(message.ts);
    if (!node || node.dataset.key !== key) {
      const fresh = drawMessage(message, screen, replies, tools);
      fresh.dataset.key = key;
      if (node) node.replaceWith(fresh);
      node = fresh;
    }
    const next = before ? before.nextElementSibling : box.firstElementChild;
    if (next !== node) box.insertBefore(node, next);
    before = node;
  }
}

function repliesOf(message, screen) {
  if (message.ephemeral) return [];
  return screen.data.messages.filter(
    (one) => one.channel === message.channel && one.thread_ts === message.ts && one.ts !== message.ts && !one.ephemeral);
}

export function messageContext(message, screen) {
  return {
    where: { channel: message.channel, ts: message.ts },
    me: screen.me,
    names: { people: screen.data.people, channels: screen.data.names },
    people: screen.data.people,
    files: screen.data.files,
    state: message.state,
    warnings: message.warnings,
    heading: "h3",
    use: (one, block, value) => use({ channel: message.channel, ts: message.ts }, screen.me, one, block, value),
  };
}

// One use of one element: the confirm dialog first, then the act.
export async function use(where, me, one, block, value) {
  try {
    let confirm = null;
    if (one.confirm) {
      confirm = await askFirst(one.confirm);
      if (!confirm) return;
    }
    await call("act", { ...where, user: me, action_id: one.action_id, block_id: block.block_id, value, confirm });
  } catch (error) {
    say(error.message, "bad");
  }
}

function drawMessage(message, screen, replies, tools) {
  const context = messageContext(message, screen);
  const person = screen.data.people[message.user];
  const name = message.notice ? "Slackbot (stand-in)" : person?.real_name ?? message.user;
  const body = message.blocks?.length ? drawBlocks(message.blocks, context) : drawFallback(message.text, context.names);
  const marks = [];
  if (message.by_app) marks.push(h("span", { class: "tag" }, "app"));
  if (person?.external) marks.push(h("span", { class: "tag outside" }, "another workspace"));
  if (message.edited) marks.push(h("span", { class: "edited" }, "(edited)"));
  const classes = ["message", message.ephemeral ? "ephemeral" : "", message.by_app && message.blocks?.length ? "card" : ""];
  return h("article", { class: classes.join(" "), "data-ts": message.ts, "aria-label": `Message from ${name}: ${message.text.slice(0, 120)}` },
    message.ephemeral ? h("p", { class: "only-you" }, "👁 Only visible to you") : null,
    h("div", { class: "avatar", "aria-hidden": "true", "data-tint": tint(message.user) }, initials(name)),
    h("div", { class: "message-main" },
      h("div", { class: "message-head" }, h("strong", {}, name), marks,
        h("time", {}, clock(message.ts)), messageTools(message, screen, tools)),
      h("div", { class: "message-body" }, body, attachments(message, context), files(message)),
      replies.length && !tools.inThread
        ? h("button", { type: "button", class: "replies", "data-focus": `replies-${message.ts}`,
          onclick: () => tools.openThread(message.channel, message.ts) },
        `${replies.length} ${replies.length === 1 ? "reply" : "replies"}`)
        : null,
      reactions(message)));
}

function messageTools(message, screen, tools) {
  const list = [];
  if (!tools.inThread && !message.ephemeral) {
    list.push(h("button", { type: "button", class: "tool", onclick: () =>
      tools.openThread(message.channel, message.thread_ts || message.ts) }, "Thread"));
    list.push(h("button", { type: "button", class: "tool", onclick: () => shortcut(message, screen) }, "Shortcut"));
  }
  list.push(h("button", { type: "button", class: "tool", onclick: () => showRaw("Message", message) }, "Raw"));
  return h("span", { class: "message-tools" }, list);
}

async function shortcut(message, screen) {
  const word = await askForWord("Message shortcut", "callback_id of the shortcut");
  if (!word) return;
  const body = { user: screen.me, callback_id: word, channel: message.channel, ts: message.ts };
  await call("shortcut", body).catch((error) => say(error.message, "bad"));
}

function attachments(message, context) {
  return (message.attachments ?? []).map((one) => h("div", { class: "attachment" },
    one.blocks ? drawBlocks(one.blocks, context) : drawFallback(one.text ?? one.fallback ?? "", context.names)));
}

function files(message) {
  return (message.files ?? []).map((file) => h("div", { class: "file" },
    file.mimetype.startsWith("image/")
      ? h("img", { src: `/sandbox/file/${file.id}`, alt: file.alt_txt || file.title })
      : h("a", { href: `/sandbox/file/${file.id}`, target: "_blank", rel: "noopener" }, `📎 ${file.title}`)));
}

function reactions(message) {
  if (!message.reactions) return null;
  return h("div", { class: "reactions" },
    message.reactions.map((one) => h("span", { class: "reaction" }, `:${one.name}: ${one.count}`)));
}

function initials(name) {
  return name.replace(/\(.*\)/, "").trim().split(/\s+/).map((word) => word[0]).join("").slice(0, 2).toUpperCase();
}

function tint(text) {
  let sum = 0;
  for (const letter of text) sum = (sum * 31 + letter.charCodeAt(0)) % 6;
  return String(sum);
}
