// Blocks. What this page cannot draw is shown as an error, never left out.

import { h } from "./dom.js";
import { element } from "./elements.js";
import { markdown, mrkdwn, richText, textObject } from "./mrkdwn.js";

export function drawBlocks(blocks, context) {
  return blocks.map((block) => drawBlock(block, context));
}

// Draws into `box` again, but leaves alone the blocks that did not change: somebody may be typing in one of them.
// `surface` names what the box shows; another view or another persona starts afresh.
export function updateBlocks(box, blocks, context, surface) {
  const kept = box.dataset.surface === surface ? [...box.children] : [];
  box.dataset.surface = surface;
  const fresh = blocks.map((block) => {
    const key = JSON.stringify([block, context.state?.[block.block_id], context.errors?.[block.block_id],
      warningsOf(block, context)]);
    const old = kept.find((node) => node.dataset.key === key);
    if (old) {
      kept.splice(kept.indexOf(old), 1);
      return old;
    }
    const node = drawBlock(block, context);
    node.dataset.key = key;
    return node;
  });
  for (const node of kept) node.remove();
  fresh.forEach((node, index) => {
    if (box.children[index] !== node) box.insertBefore(node, box.children[index] ?? null);
  });
  while (box.children.length > fresh.length) box.lastElementChild.remove();
}

function warningsOf(block, context) {
  const ours = [block.accessory, block.element, ...(block.elements ?? [])];
  return ours.map((one) => context.warnings?.[one?.action_id] ?? "").join();
}

function drawBlock(block, context) {
  const draw = BLOCKS[block.type];
  const attributes = { class: `block block-${draw ? block.type : "unknown"}`, "data-block": block.block_id };
  if (!draw) return h("div", { ...attributes, role: "alert" }, unknown(`block of type “${block.type}”`));
  try {
    return h("div", attributes, draw(block, context));
  } catch (error) {
    return h("div", { class: "block block-unknown", role: "alert" }, unknown(`${block.type}: ${error.message}`));
  }
}

function unknown(what) {
  return `The stand-in cannot show this ${what}.`;
}

const BLOCKS = {
  header: (block, context) => h(context.heading ?? "h4", { class: "card-title" }, textObject(block.text, context.names)),
  section: drawSection,
  divider: () => h("hr"),
  context: (block, context) => block.elements.map((part) => drawContextPart(part, context)),
  actions: (block, context) =>
    h("div", { class: "actions", role: "group", "aria-label": "Actions" },
      block.elements.map((one) => element(one, block, context))),
  image: (block, context) => h("figure", {},
    block.title ? h("figcaption", {}, textObject(block.title, context.names)) : null, picture(block, context)),
  input: drawInput,
  rich_text: (block, context) => richText(block, context.names),
  markdown: (block) => markdown(block.text),
  table: drawTable,
  alert: (block, context) => h("div", { class: `alert ${block.level ?? "default"}`, role: "note" },
    textObject(block.text, context.names)),
};

function drawSection(block, context) {
  const words = [];
  if (block.text) words.push(h("div", { class: "section-text" }, textObject(block.text, context.names)));
  if (block.fields) {
    words.push(h("div", { class: "fields" },
      block.fields.map((field) => h("div", { class: "field" }, textObject(field, context.names)))));
  }
  if (!block.accessory) return words;
  return h("div", { class: "with-accessory" }, h("div", { class: "section-words" }, words),
    h("div", { class: "accessory" }, element(block.accessory, block, context)));
}

function drawContextPart(part, context) {
  if (part.type === "image") return h("span", { class: "context-image" }, picture(part, context));
  if (part.type === "mrkdwn" || part.type === "plain_text") {
    return h("span", { class: "context-text" }, textObject(part, context.names));
  }
  return h("span", { class: "unknown", role: "alert" }, unknown(`context element “${part.type}”`));
}

export function picture(block, context) {
  const file = block.slack_file?.id ?? fileOfUrl(block.slack_file?.url, context);
  if (file) return h("img", { src: `/sandbox/file/${encodeURIComponent(file)}`, alt: block.alt_text });
  return h("span", { class: "outside-image", role: "img", "aria-label": block.alt_text },
    `🖼 ${block.alt_text} `, h("small", {}, `(not fetched: ${block.image_url ?? "no address"})`));
}

function fileOfUrl(url, context) {
  return Object.values(context.files ?? {}).find((file) => url && file.url_private === url)?.id;
}

function drawInput(block, context) {
  const problem = context.errors?.[block.block_id];
  const drawn = element(block.element, block, context);
  const hint = block.hint ? h("div", { class: "hint" }, textObject(block.hint, context.names)) : null;
  const mark = block.optional ? h("span", { class: "optional" }, " (optional)") : null;
  const label = textObject(block.label, context.names);
  const error = problem ? h("div", { class: "error", role: "alert" }, problem) : null;
  const target = drawn.querySelector?.("[data-control]") ?? drawn;
  if (drawn.dataset.group) {
    return h("fieldset", { class: problem ? "wrong" : "" }, h("legend", {}, label, mark), drawn, hint, error);
  }
  if (problem) target.setAttribute("aria-invalid", "true");
  return h("div", { class: problem ? "wrong" : "" },
    h("label", { htmlFor: target.id }, label, mark), drawn, hint, error);
}

function drawTable(block, context) {
  const [head, ...rows] = block.rows;
  const align = (index) => `align-${block.column_settings?.[index]?.align ?? "left"}`;
  const cell = (tag, one, index) => h(tag, { class: align(index), scope: tag === "th" ? "col" : null },
    one.type === "rich_text" ? richText(one, context.names) : String(one.text ?? one.value ?? ""));
  return h("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "Table" },
    h("table", {},
      h("thead", {}, h("tr", {}, head.map((one, index) => cell("th", one, index)))),
      h("tbody", {}, rows.map((row) => h("tr", {}, row.map((one, index) => cell("td", one, index)))))));
}

export function drawFallback(text, names) {
  return h("div", { class: "block" }, mrkdwn(text, names));
}
