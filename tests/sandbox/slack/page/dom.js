// Building the page from text nodes and attributes only. Nothing here, or anywhere else on the page,
// parses a string as HTML: whatever a vendor calls itself stays text.

export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (name in PROPERTIES) node[name] = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  append(node, children);
  return node;
}

const PROPERTIES = { value: 1, checked: 1, selected: 1, disabled: 1, hidden: 1, htmlFor: 1, multiple: 1, open: 1 };

export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

export function replace(node, ...children) {
  node.replaceChildren();
  return append(node, children);
}

let counter = 0;
export function uid(prefix) {
  counter += 1;
  return `${prefix}-${counter}`;
}

// Drawing something again must not throw the keyboard user back to the top of the page.
export function keepingFocus(draw) {
  const active = document.activeElement;
  const key = active?.dataset?.focus;
  const selection = key && "selectionStart" in active ? safely(() => [active.selectionStart, active.selectionEnd]) : null;
  draw();
  if (!key || document.activeElement?.dataset?.focus === key) return;
  const again = document.querySelector(`[data-focus="${CSS.escape(key)}"]`);
  if (!again) return;
  again.focus({ preventScroll: true });
  if (selection && selection[0] !== null) safely(() => again.setSelectionRange(...selection));
}

function safely(action) {
  try {
    return action();
  } catch {
    return null;
  }
}

export async function call(verb, body) {
  const response = await fetch(`/sandbox/do/${verb}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!answer.ok) throw new Error(answer.error);
  return answer;
}

export function clock(ts) {
  const moment = new Date(Number(ts) * 1000);
  return moment.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

export function say(text, kind = "info") {
  const box = document.getElementById("toasts");
  const toast = h("div", { class: `toast ${kind}` }, text);
  box.append(toast);
  setTimeout(() => toast.remove(), 6000);
}
