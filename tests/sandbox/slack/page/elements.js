// Interactive elements. A `context` says on which surface they are:
//   where      {channel, ts} or {view_id}, sent along with every use
//   state      what is chosen now, by block_id and action_id
//   warnings   action_ids whose last use the app did not answer
//   drafts     a Map of values that are typed but not sent yet (modals only)
//   use        (element, block, value) => Promise, sends an act

import { call, h, say, uid } from "./dom.js";
import { comboBox } from "./combobox.js";
import { picture } from "./blocks.js";
import { textObject } from "./mrkdwn.js";

export function element(one, block, context) {
  const draw = ELEMENTS[one.type];
  if (!draw) {
    return h("span", { class: "unknown", role: "alert" }, `The stand-in cannot show this element of type “${one.type}”.`);
  }
  const drawn = draw(one, block, context);
  const warning = context.warnings?.[one.action_id];
  if (!warning) return drawn;
  return h("span", { class: "warned", "data-group": drawn.dataset.group }, drawn,
    h("span", { class: "warning-mark", role: "status" }, h("span", { "aria-hidden": "true" }, "⚠ "), warning));
}

function held(one, block, context) {
  return context.state?.[block.block_id]?.[one.action_id] ?? {};
}

export function keyOf(block, one) {
  return `${block.block_id}/${one.action_id}`;
}

function focusKey(block, one, context, more = "") {
  return `${context.where.view_id ?? context.where.ts}/${keyOf(block, one)}${more}`;
}

function nameFor(one, block, context) {
  // Inputs get their name from the label; other elements have to carry one.
  if (block.type === "input") return null;
  return one.accessibility_label ?? one.placeholder?.text ?? textOf(block) ?? one.action_id ?? context.fallbackName;
}

function textOf(block) {
  return block.text?.text?.replace(/[*_~`]/g, "").split("\n")[0].slice(0, 80);
}

const ELEMENTS = {
  button: drawButton,
  workflow_button: drawButton,
  overflow: drawOverflow,
  image: (one, block, context) => picture(one, context),
  static_select: (one, block, context) => drawSelect(one, block, context, groupsOf(one)),
  users_select: (one, block, context) => drawSelect(one, block, context, [["", people(context)]], "selected_user"),
  channels_select: (one, block, context) => drawSelect(one, block, context, [["", rooms(context)]], "selected_channel"),
  conversations_select: (one, block, context) =>
    drawSelect(one, block, context, [["", rooms(context)]], "selected_conversation"),
  external_select: (one, block, context) => drawCombo(one, block, context, false),
  multi_external_select: (one, block, context) => drawCombo(one, block, context, true),
  multi_static_select: (one, block, context) => drawChecks(one, block, context, flat(groupsOf(one))),
  multi_users_select: (one, block, context) => drawChecks(one, block, context, people(context), "selected_users"),
  multi_channels_select: (one, block, context) => drawChecks(one, block, context, rooms(context), "selected_channels"),
  multi_conversations_select: (one, block, context) =>
    drawChecks(one, block, context, rooms(context), "selected_conversations"),
  checkboxes: (one, block, context) => drawChecks(one, block, context, one.options),
  radio_buttons: drawRadios,
  plain_text_input: drawText,
  number_input: drawText,
  email_text_input: drawText,
  url_text_input: drawText,
  datepicker: (one, block, context) => drawPicker(one, block, context, "date", "selected_date"),
  timepicker: (one, block, context) => drawPicker(one, block, context, "time", "selected_time"),
  datetimepicker: drawMoment,
  file_input: drawFiles,
};

function drawButton(one, block, context) {
  const button = h("button", {
    type: "button",
    class: `button ${one.style ?? "default"}`,
    "aria-label": one.accessibility_label,
    "data-action": one.action_id,
    "data-focus": focusKey(block, one, context),
    onclick: async () => {
      button.setAttribute("aria-busy", "true");
      if (one.url && /^https?:/i.test(one.url)) window.open(one.url, "_blank", "noopener");
      await context.use(one, block, undefined);
      button.removeAttribute("aria-busy");
    },
  }, textObject(one.text, context.names));
  return button;
}

function drawOverflow(one, block, context) {
  const menuId = uid("menu");
  const toggle = h("button", {
    type: "button", class: "button overflow", "aria-haspopup": "menu", "aria-expanded": "false",
    "aria-controls": menuId, "aria-label": one.accessibility_label ?? "More actions",
    "data-focus": focusKey(block, one, context), onclick: () => show(menu.hidden),
  }, "⋯");
  const items = one.options.map((option) => h("button", {
    type: "button", role: "menuitem", class: "menu-item", tabindex: "-1",
    onclick: () => { show(false); context.use(one, block, option.value); },
  }, textObject(option.text, context.names),
  option.description ? h("small", {}, textObject(option.description, context.names)) : null));
  const menu = h("div", { id: menuId, role: "menu", class: "menu", hidden: true, onkeydown: move }, items);

  function show(visible) {
    menu.hidden = !visible;
    toggle.setAttribute("aria-expanded", String(visible));
    (visible ? items[0] : toggle).focus();
  }
  function move(event) {
    const here = items.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) items[(here + step + items.length) % items.length].focus();
    else if (event.key === "Escape") show(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  return h("span", { class: "overflow-box", onfocusout: (event) => {
    if (!event.relatedTarget || !event.currentTarget.contains(event.relatedTarget)) {
      menu.hidden = true;
      toggle.setAttribute("aria-expanded", "false");
    }
  } }, toggle, menu);
}

function groupsOf(one) {
  if (one.option_groups) return one.option_groups.map((group) => [group.label.text, group.options]);
  return [["", one.options ?? []]];
}

const flat = (groups) => groups.flatMap(([, options]) => options);
const asOption = (value, label) => ({ value, text: { type: "plain_text", text: label } });
const people = (context) => Object.values(context.people).filter((one) => !one.is_bot && !one.deleted)
  .map((one) => asOption(one.id, one.real_name));
const rooms = (context) => Object.entries(context.names.channels).map(([id, name]) => asOption(id, name));

function drawSelect(one, block, context, groups, key = "selected_option") {
  const chosen = held(one, block, context)[key];
  const current = chosen?.value ?? chosen ?? "";
  const option = (entry) => h("option", { value: entry.value, selected: entry.value === current }, entry.text.text);
  return h("select", {
    id: uid("select"), "data-control": true, class: "control", "aria-label": nameFor(one, block, context),
    "data-focus": focusKey(block, one, context),
    onchange: (event) => context.use(one, block, event.target.value || null),
  }, h("option", { value: "", selected: current === "" }, one.placeholder?.text ?? "Choose an option"),
  groups.map(([label, options]) => (label ? h("optgroup", { label }, options.map(option)) : options.map(option))));
}

function drawCombo(one, block, context, multiple) {
  const state = held(one, block, context);
  const chosen = multiple ? state.selected_options ?? [] : [state.selected_option].filter(Boolean);
  return comboBox({
    id: uid("combo"), name: nameFor(one, block, context), placeholder: one.placeholder?.text, multiple, chosen,
    least: one.min_query_length ?? 3, focusKey: focusKey(block, one, context),
    ask: async (query) => {
      await context.flush?.();
      const body = { ...context.where, user: context.me, action_id: one.action_id, block_id: block.block_id, query };
      return call("suggest", body);
    },
    pick: async (query, value) => {
      await context.flush?.();
      const body = { ...context.where, user: context.me, action_id: one.action_id, block_id: block.block_id };
      await call("choose_suggestion", { ...body, query, picks: [value], confirm: true });
    },
    drop: (kept) => call("act", {
      ...context.where, user: context.me, action_id: one.action_id, block_id: block.block_id, confirm: true,
      value: multiple ? kept : null,
    }),
  });
}

function drawChecks(one, block, context, options, key = "selected_options") {
  const current = (held(one, block, context)[key] ?? []).map((entry) => entry.value ?? entry);
  const send = (box) => {
    const values = [...box.querySelectorAll("input:checked")].map((input) => input.value);
    context.use(one, block, values);
  };
  return choiceList(one, block, context, options, "checkbox", (value) => current.includes(value), send);
}

function drawRadios(one, block, context) {
  const current = held(one, block, context).selected_option?.value;
  const send = (box) => context.use(one, block, box.querySelector("input:checked").value);
  return choiceList(one, block, context, one.options, "radio", (value) => value === current, send);
}

function choiceList(one, block, context, options, kind, isChosen, send) {
  const name = uid("choice");
  const role = kind === "radio" ? "radiogroup" : "group";
  const box = h("div", {
    class: `choices ${options.length > 10 ? "scrolling" : ""}`, "data-group": "yes", role,
    "aria-label": nameFor(one, block, context), onchange: () => send(box),
  }, options.map((option, index) => {
    const id = uid("option");
    return h("div", { class: "choice" },
      h("input", {
        type: kind, id, name, value: option.value, checked: isChosen(option.value),
        "data-focus": focusKey(block, one, context, `/${index}`),
      }),
      h("label", { htmlFor: id }, textObject(option.text, context.names),
        option.description ? h("small", {}, textObject(option.description, context.names)) : null));
  }));
  return box;
}

const INPUT_TYPES = { number_input: "number", email_text_input: "email", url_text_input: "url" };

function drawText(one, block, context) {
  const key = keyOf(block, one);
  const triggers = one.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const sends = block.dispatch_action;
  const keep = (event) => {
    context.drafts?.set(key, event.target.value);
    if (sends && triggers.includes("on_character_entered")) context.use(one, block, event.target.value);
  };
  return h(one.multiline ? "textarea" : "input", {
    id: uid("text"), "data-control": true, class: "control", type: one.multiline ? null : INPUT_TYPES[one.type] ?? "text",
    step: one.is_decimal_allowed ? "any" : null, min: one.min_value, max: one.max_value, rows: one.multiline ? 4 : null,
    maxlength: one.max_length, placeholder: one.placeholder?.text, "aria-label": nameFor(one, block, context),
    "data-focus": focusKey(block, one, context), autofocus: one.focus_on_load,
    value: context.drafts?.get(key) ?? held(one, block, context).value ?? "",
    oninput: keep,
    onkeydown: (event) => {
      if (event.key === "Enter" && sends && triggers.includes("on_enter_pressed")) {
        event.preventDefault();
        context.use(one, block, event.target.value);
      }
    },
  });
}

function drawPicker(one, block, context, type, key) {
  return h("input", {
    id: uid(type), "data-control": true, class: "control narrow", type, value: held(one, block, context)[key] ?? "",
    "aria-label": nameFor(one, block, context), "data-focus": focusKey(block, one, context),
    onchange: (event) => context.use(one, block, event.target.value || null),
  });
}

function drawMoment(one, block, context) {
  const seconds = held(one, block, context).selected_date_time;
  const local = seconds ? new Date(seconds * 1000 - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 16) : "";
  return h("input", {
    id: uid("moment"), "data-control": true, class: "control narrow", type: "datetime-local", value: local,
    "aria-label": nameFor(one, block, context), "data-focus": focusKey(block, one, context),
    onchange: (event) => context.use(one, block, Math.floor(new Date(event.target.value).getTime() / 1000)),
  });
}

function drawFiles(one, block, context) {
  const chosen = held(one, block, context).files ?? [];
  const input = h("input", {
    id: uid("file"), "data-control": true, class: "control", type: "file", multiple: (one.max_files ?? 10) > 1,
    "aria-label": nameFor(one, block, context), "data-focus": focusKey(block, one, context),
    onchange: async (event) => {
      try {
        const ids = await uploadAll(event.target.files, context.me);
        await context.use(one, block, ids);
      } catch (error) {
        say(error.message, "bad");
      }
    },
  });
  return h("div", {}, input, chosen.length
    ? h("ul", { class: "files" }, chosen.map((file) => h("li", {}, `📎 ${file.name} (${file.size} bytes)`))) : null);
}

export async function uploadAll(files, user) {
  const ids = [];
  for (const file of files) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    let binary = "";
    for (let start = 0; start < bytes.length; start += 32768) {
      binary += String.fromCharCode(...bytes.subarray(start, start + 32768));
    }
    ids.push((await call("upload", { user, name: file.name, content: btoa(binary) })).file);
  }
  return ids;
}
