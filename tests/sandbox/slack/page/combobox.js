// A text field that asks the app for options while somebody types (external_select), by the ARIA combobox pattern.

import { h, replace, say } from "./dom.js";

const PAUSE = 180;

export function comboBox({ id, name, placeholder, multiple, chosen, least, focusKey, ask, pick, drop }) {
  let offered = [];
  let active = -1;
  let timer = 0;
  let turn = 0;
  const listId = `${id}-list`;

  const field = h("input", {
    id, "data-control": true, class: "control", type: "text", role: "combobox", autocomplete: "off",
    "aria-expanded": "false", "aria-controls": listId, "aria-autocomplete": "list", "aria-label": name,
    placeholder: placeholder ?? (least > 0 ? `Type ${least} letters or more` : "Type to search"),
    "data-focus": focusKey,
    oninput: () => later(),
    onfocus: () => { if (field.value.length >= least && least === 0) later(); },
    onkeydown: keys,
    onblur: () => setTimeout(() => show(false), 150),
  });
  const list = h("ul", { id: listId, role: "listbox", class: "suggestions", hidden: true, "aria-label": "Suggestions" });
  const note = h("div", { class: "combo-note", role: "status" });
  const chips = h("ul", { class: "chips", "aria-label": "Chosen" }, chosen.map((option) => h("li", { class: "chip" },
    option.text.text,
    h("button", {
      type: "button", class: "chip-drop", "aria-label": `Remove ${option.text.text}`,
      onclick: () => remove(option.value),
    }, "×"))));

  function later() {
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE);
  }

  async function search() {
    const query = field.value;
    if (query.length < least) {
      note.textContent = query ? `Type ${least} letters or more` : "";
      show(false);
      return;
    }
    turn += 1;
    const mine = turn;
    note.textContent = "Searching…";
    try {
      const answer = await ask(query);
      if (mine !== turn) return;
      offered = answer.options;
      note.textContent = answer.warning || (offered.length ? "" : "Nothing found");
    } catch (error) {
      offered = [];
      note.textContent = error.message;
    }
    active = -1;
    draw();
    show(offered.length > 0);
  }

  function draw() {
    replace(list, offered.map((option, index) => h("li", {
      id: `${listId}-${index}`, role: "option", "aria-selected": String(index === active),
      onmousedown: (event) => { event.preventDefault(); take(index); },
    }, option.text.text, option.description ? h("small", {}, option.description.text) : null)));
    if (active >= 0) field.setAttribute("aria-activedescendant", `${listId}-${active}`);
    else field.removeAttribute("aria-activedescendant");
  }

  function show(visible) {
    list.hidden = !visible;
    field.setAttribute("aria-expanded", String(visible));
  }

  function keys(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden || !offered.length) return;
      active = (active + (event.key === "ArrowDown" ? 1 : -1) + offered.length) % offered.length;
      draw();
      event.preventDefault();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!list.hidden && active >= 0) take(active);
    } else if (event.key === "Escape" && !list.hidden) {
      show(false);
      event.preventDefault();
      event.stopPropagation();
    }
  }

  async function take(index) {
    const query = field.value;
    show(false);
    field.value = "";
    try {
      await pick(query, offered[index].value);
    } catch (error) {
      say(error.message, "bad");
    }
  }

  async function remove(value) {
    try {
      await drop(chosen.filter((option) => option.value !== value).map((option) => option.value));
    } catch (error) {
      say(error.message, "bad");
    }
  }

  return h("div", { class: `combo ${multiple ? "many" : "one"}` }, chosen.length ? chips : null, field, list, note);
}
