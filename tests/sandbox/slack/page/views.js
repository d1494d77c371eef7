// Modals, confirm dialogs and the Home tab. Native <dialog> gives the focus trap and Esc.

import { call, h, keepingFocus, replace, say, uid } from "./dom.js";
import { updateBlocks } from "./blocks.js";
import { textObject } from "./mrkdwn.js";
import { use } from "./feed.js";

// Typed but not sent, by view id; the server keeps the rest.
const drafts = new Map();

function viewContext(view, screen, where) {
  const typed = where.view_id === view.id && view.type === "modal" ? draftsOf(view.id) : null;
  const flush = typed ? () => sendDrafts(view.id, screen.me) : async () => null;
  return {
    where,
    me: screen.me,
    names: { people: screen.data.people, channels: screen.data.names },
    people: screen.data.people,
    files: screen.data.files,
    state: view.state.values,
    errors: view.errors,
    warnings: view.warnings,
    drafts: typed,
    flush,
    heading: "h3",
    use: async (one, block, value) => {
      await flush();
      await use(where, screen.me, one, block, value);
    },
  };
}

function draftsOf(id) {
  if (!drafts.has(id)) drafts.set(id, new Map());
  return drafts.get(id);
}

async function sendDrafts(id, me) {
  const typed = draftsOf(id);
  if (!typed.size) return;
  const values = Object.fromEntries(typed);
  await call("fill", { user: me, view_id: id, values, quiet: true });
}

// The stack of modals: the top one is shown, the depth is named.

export function drawModal(dialog, screen) {
  const stack = screen.data.modals;
  const view = stack.at(-1);
  for (const id of drafts.keys()) if (!stack.some((one) => one.id === id)) drafts.delete(id);
  if (!view) {
    if (dialog.open) dialog.close();
    dialog.dataset.key = "";
    return;
  }
  const key = JSON.stringify([view.id, view.hash, view.errors, view.warning, view.warnings, view.state, stack.length, screen.me]);
  if (dialog.dataset.key !== key) {
    const surface = `${view.id}/${screen.me}`;
    const fresh = dialog.dataset.view !== surface;
    dialog.dataset.key = key;
    dialog.dataset.view = surface;
    keepTyped(view, draftsOf(view.id));
    keepingFocus(() => {
      if (fresh) replace(dialog, modalShell(dialog, screen.me));
      fillModal(dialog, view, stack.length, screen, surface);
    });
    dialog.oncancel = (event) => {
      event.preventDefault();
      close(screen.me, false);
    };
    if (fresh && dialog.open) focusFirst(dialog);
  }
  if (!dialog.open) {
    dialog.showModal();
    focusFirst(dialog);
  }
}

// What the server already knows as typed needs no draft, unless it differs: then the person is still typing.
function keepTyped(view, typed) {
  for (const [key, text] of typed) {
    const [blockId, actionId] = splitKey(key, view);
    if (view.state.values[blockId]?.[actionId]?.value === text || !(blockId in view.state.values)) typed.delete(key);
  }
}

function splitKey(key, view) {
  for (const [blockId, entries] of Object.entries(view.state.values)) {
    for (const actionId of Object.keys(entries)) if (key === `${blockId}/${actionId}`) return [blockId, actionId];
  }
  return ["", ""];
}

function focusFirst(dialog) {
  const target = dialog.querySelector("[autofocus]") ?? dialog.querySelector(".modal-body [data-control], .modal-body input")
    ?? dialog.querySelector(".modal-foot .primary") ?? dialog.querySelector("button");
  target?.focus();
}

function modalShell(dialog, me) {
  return [
    h("div", { class: "modal-head" }),
    h("div", { class: "modal-warning" }),
    h("form", { id: "modal-form", class: "modal-body", novalidate: true, onsubmit: (event) => submitView(event, dialog, me) }),
    h("div", { class: "modal-foot" }),
  ];
}

function fillModal(dialog, view, depth, screen, surface) {
  const context = viewContext(view, screen, { view_id: view.id });
  const [head, warning, body, foot] = dialog.children;
  dialog.dataset.viewId = view.id;
  replace(head,
    h("h2", { id: "modal-title" }, textObject(view.title, context.names)),
    depth > 1 ? h("span", { class: "tag" }, `${depth} of 3`) : null,
    h("button", { type: "button", class: "tool", onclick: () => showRaw("View", view) }, "Raw"),
    h("button", { type: "button", class: "tool", "aria-label": "Close all", onclick: () => close(screen.me, true) }, "×"));
  replace(warning, view.warning ? h("p", { class: "alert error", role: "alert" }, view.warning) : null);
  updateBlocks(body, view.blocks, context, surface);
  const closeWords = view.close ? textObject(view.close, context.names) : view.submit ? "Cancel" : "Close";
  replace(foot,
    h("button", { type: "button", class: "button default", "data-focus": "modal-close", onclick: () => close(screen.me, false) }, closeWords),
    view.submit
      ? h("button", { type: "submit", form: "modal-form", class: "button primary", "data-focus": "modal-submit" }, textObject(view.submit, context.names))
      : null);
}

async function submitView(event, dialog, me) {
  event.preventDefault();
  const button = event.submitter;
  button?.setAttribute("aria-busy", "true");
  try {
    const id = dialog.dataset.viewId;
    await sendDrafts(id, me);
    const result = await call("submit", { user: me, view_id: id });
    if (Object.keys(result.errors).length) document.querySelector("#modal [aria-invalid]")?.focus();
  } catch (error) {
    say(error.message, "bad");
  } finally {
    button?.removeAttribute("aria-busy");
  }
}

async function close(me, every) {
  await call("close", { user: me, every }).catch((error) => say(error.message, "bad"));
}

// Confirm dialogs

export function askFirst(confirm) {
  const dialog = document.getElementById("confirm");
  const names = { people: {}, channels: {} };
  return new Promise((resolve) => {
    let answer = false;
    const finish = (value) => { answer = value; dialog.close(); };
    replace(dialog,
      h("div", { class: "modal-head" }, h("h2", { id: "confirm-title" }, textObject(confirm.title, names))),
      h("div", { class: "modal-body" }, textObject(confirm.text, names)),
      h("div", { class: "modal-foot" },
        h("button", { type: "button", class: "button default", onclick: () => finish(false) }, textObject(confirm.deny, names)),
        h("button", { type: "button", class: `button ${confirm.style ?? "primary"}`, onclick: () => finish(true) },
          textObject(confirm.confirm, names))));
    dialog.onclose = () => resolve(answer);
    dialog.showModal();
  });
}

export function askForWord(title, label) {
  const dialog = document.getElementById("confirm");
  const id = uid("word");
  return new Promise((resolve) => {
    let answer = "";
    const field = h("input", { id, class: "control", type: "text" });
    replace(dialog,
      h("form", { class: "modal-body", onsubmit: (event) => { event.preventDefault(); answer = field.value.trim(); dialog.close(); } },
        h("h2", { id: "confirm-title" }, title), h("label", { htmlFor: id }, label), field,
        h("div", { class: "modal-foot" },
          h("button", { type: "button", class: "button default", onclick: () => dialog.close() }, "Cancel"),
          h("button", { type: "submit", class: "button primary" }, "Run"))));
    dialog.onclose = () => resolve(answer);
    dialog.showModal();
    field.focus();
  });
}

export function showRaw(title, value) {
  const dialog = document.getElementById("confirm");
  replace(dialog,
    h("div", { class: "modal-head" }, h("h2", { id: "confirm-title" }, `${title}, as JSON`),
      h("button", { type: "button", class: "tool", "aria-label": "Close", onclick: () => dialog.close() }, "×")),
    h("pre", { class: "modal-body raw", tabindex: "0" }, JSON.stringify(value, null, 2)));
  dialog.onclose = null;
  dialog.showModal();
}

// The Home tab

export function drawHome(feed, screen) {
  const view = screen.data.home;
  const key = JSON.stringify([view?.hash, view?.state, view?.warnings, screen.me]);
  if (feed.dataset.room === "home" && feed.dataset.key === key) return;
  feed.dataset.room = "home";
  feed.dataset.key = key;
  if (!view) {
    replace(feed, h("p", { class: "empty" }, "The app has not published a Home tab for you yet."));
    return;
  }
  let box = feed.querySelector(":scope > .home > .home-blocks");
  if (!box) {
    box = h("div", { class: "home-blocks" });
    const raw = h("button", { type: "button", class: "tool", onclick: () => showRaw("Home", screen.data.home) }, "Raw");
    replace(feed, h("section", { class: "home", "aria-label": "Home tab" }, box, h("p", { class: "home-tools" }, raw)));
  }
  keepingFocus(() => updateBlocks(box, view.blocks, viewContext(view, screen, { view_id: view.id }), `${view.id}/${screen.me}`));
}
