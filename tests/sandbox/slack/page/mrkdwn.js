// Slack's mrkdwn, a little Markdown, and rich_text, all into text nodes.

import { h } from "./dom.js";

const EMOJI = {
  white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", warning: "⚠️", hourglass: "⌛",
  hourglass_flowing_sand: "⏳", rotating_light: "🚨", mag: "🔍", memo: "📝", page_facing_up: "📄", receipt: "🧾",
  package: "📦", moneybag: "💰", money_with_wings: "💸", bank: "🏦", email: "✉️", bell: "🔔", lock: "🔒", link: "🔗",
  eyes: "👀", tada: "🎉", arrow_right: "➡️", arrow_left: "⬅️", leftwards_arrow_with_hook: "↩️", calendar: "📅",
  bar_chart: "📊", large_green_circle: "🟢", large_yellow_circle: "🟡", red_circle: "🔴", white_circle: "⚪",
  information_source: "ℹ️", question: "❓", exclamation: "❗", wave: "👋", thumbsup: "👍", "+1": "👍", point_right: "👉",
  inbox_tray: "📥", outbox_tray: "📤", truck: "🚚", clock3: "🕒", balance_scale: "⚖️", pencil2: "✏️", file_folder: "📁",
};

export function emoji(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (all, name) => EMOJI[name] ?? all);
}

function unescaped(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

export function link(address, label) {
  const safe = /^(https?:|mailto:)/i.test(address);
  if (!safe) return h("span", { class: "not-a-link", title: "only http, https and mailto links work" }, label);
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, label);
}

// What somebody types, as Slack sends it on: escaped, and with the app's name turned into a mention.
export function typedText(text, people) {
  const safe = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const bot = Object.values(people).find((one) => one.is_bot);
  return bot ? safe.replace(new RegExp(`@${bot.handle}\\b`, "gi"), `<@${bot.id}>`) : safe;
}

function angled(inner, names) {
  const [what, label] = inner.split("|", 2);
  if (what.startsWith("@")) return mention(`@${names.people[what.slice(1)]?.handle ?? what.slice(1)}`);
  if (what.startsWith("#")) return mention(`#${label ?? names.channels[what.slice(1)] ?? what.slice(1)}`);
  if (what.startsWith("!date^")) return document.createTextNode(label ?? what);
  if (what.startsWith("!subteam^")) return mention(label ?? `@${what.slice(9)}`);
  if (what.startsWith("!")) return mention(`@${what.slice(1)}`, "loud");
  return link(unescaped(what), unescaped(label ?? what));
}

function mention(text, kind = "") {
  return h("span", { class: `mention ${kind}` }, text);
}

// Marks only count at the edge of a word, as in Slack: 2*3*4 is not bold.
const INLINE = [
  [/```([\s\S]+?)```/, (m) => h("pre", {}, unescaped(m[1].replace(/^\n/, "")))],
  [/`([^`\n]+)`/, (m) => h("code", {}, unescaped(m[1]))],
  [/<([^<>\n]+)>/, (m, names) => angled(m[1], names)],
  [/(?<![\p{L}\p{N}])\*(?!\s)([^*\n]+?)(?<!\s)\*(?![\p{L}\p{N}])/u, (m, names) => h("strong", {}, inline(m[1], names))],
  [/(?<![\p{L}\p{N}])_(?!\s)([^_\n]+?)(?<!\s)_(?![\p{L}\p{N}])/u, (m, names) => h("em", {}, inline(m[1], names))],
  [/(?<![\p{L}\p{N}])~(?!\s)([^~\n]+?)(?<!\s)~(?![\p{L}\p{N}])/u, (m, names) => h("s", {}, inline(m[1], names))],
];

function inline(text, names) {
  let first = null;
  for (const [pattern, build] of INLINE) {
    const match = pattern.exec(text);
    if (match && (first === null || match.index < first.match.index)) first = { match, build };
  }
  if (first === null) return lines(emoji(unescaped(text)));
  const { match, build } = first;
  return [
    lines(emoji(unescaped(text.slice(0, match.index)))),
    build(match, names),
    inline(text.slice(match.index + match[0].length), names),
  ];
}

function lines(text) {
  return text.split("\n").flatMap((line, index) => (index === 0 ? [line] : [h("br"), line]));
}

export function mrkdwn(text, names) {
  const parts = [];
  let quote = [];
  let plain = [];
  const flush = () => {
    if (quote.length) parts.push(h("blockquote", {}, inline(quote.join("\n"), names)));
    if (plain.length) parts.push(h("span", {}, inline(plain.join("\n"), names)));
    quote = [];
    plain = [];
  };
  for (const line of text.split("\n")) {
    const quoted = /^(?:>|&gt;) ?(.*)$/.exec(line);
    if (quoted ? plain.length : quote.length) flush();
    (quoted ? quote : plain).push(quoted ? quoted[1] : line);
  }
  flush();
  return parts;
}

export function textObject(object, names) {
  if (!object) return [];
  if (object.type === "mrkdwn") return mrkdwn(object.text, names);
  return lines(object.emoji === false ? object.text : emoji(object.text));
}

// The markdown block: headings, lists, bold, italics, code and links; the rest stays as written.
export function markdown(text) {
  const out = [];
  let list = null;
  for (const line of text.split("\n")) {
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    const item = /^\s*(?:[-*]|\d+\.)\s+(.*)$/.exec(line);
    if (!item) list = null;
    if (heading) out.push(h(`h${Math.min(6, heading[1].length + 2)}`, {}, markdownInline(heading[2])));
    else if (item) {
      if (!list) out.push((list = h("ul")));
      list.append(h("li", {}, markdownInline(item[1])));
    } else if (line.trim()) out.push(h("p", {}, markdownInline(line)));
  }
  return out;
}

function markdownInline(text) {
  const match = /\*\*([^*]+)\*\*|\*([^*]+)\*|`([^`]+)`|\[([^\]]+)\]\(([^)\s]+)\)/.exec(text);
  if (!match) return [emoji(text)];
  const [all, strong, soft, code, label, address] = match;
  let node = null;
  if (strong) node = h("strong", {}, strong);
  else if (soft) node = h("em", {}, soft);
  else if (code) node = h("code", {}, code);
  else node = link(address, label);
  return [emoji(text.slice(0, match.index)), node, ...markdownInline(text.slice(match.index + all.length))];
}

// rich_text

export function richText(block, names) {
  return block.elements.map((element) => richPart(element, names));
}

function richPart(element, names) {
  const inside = () => element.elements.map((leaf) => richLeaf(leaf, names));
  if (element.type === "rich_text_preformatted") return h("pre", {}, inside());
  if (element.type === "rich_text_quote") return h("blockquote", {}, inside());
  if (element.type === "rich_text_list") {
    const tag = element.style === "ordered" ? "ol" : "ul";
    return h(tag, { class: `indent-${Math.min(element.indent ?? 0, 4)}` },
      element.elements.map((item) => h("li", {}, item.elements.map((leaf) => richLeaf(leaf, names)))));
  }
  return h("p", {}, inside());
}

const RICH_LEAVES = {
  text: (leaf) => lines(leaf.text),
  link: (leaf) => link(leaf.url, leaf.text ?? leaf.url),
  user: (leaf, names) => mention(`@${names.people[leaf.user_id]?.handle ?? leaf.user_id}`),
  usergroup: (leaf) => mention(`@${leaf.usergroup_id}`),
  channel: (leaf, names) => mention(`#${names.channels[leaf.channel_id] ?? leaf.channel_id}`),
  emoji: (leaf) => emoji(`:${leaf.name}:`),
  broadcast: (leaf) => mention(`@${leaf.range}`, "loud"),
  date: (leaf) => leaf.fallback ?? new Date(leaf.timestamp * 1000).toLocaleString(),
  color: (leaf) => leaf.value,
};

function richLeaf(leaf, names) {
  const build = RICH_LEAVES[leaf.type];
  if (!build) return h("span", { class: "unknown" }, `cannot show rich_text “${leaf.type}”`);
  let node = h("span", {}, build(leaf, names));
  for (const [style, tag] of [["code", "code"], ["strike", "s"], ["italic", "em"], ["bold", "strong"]]) {
    if (leaf.style?.[style]) node = h(tag, {}, node);
  }
  return node;
}
