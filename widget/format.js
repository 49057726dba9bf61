// Turns the parts of an answer into elements. Text only ever becomes text nodes: nothing in it can become markup.
const LIST_ITEM = /^(?:(?<bullet>[-•])|(?<number>\d{1,2})[.)])\s+(?<text>.*)$/;
const SOURCES_LABEL = "Sources";
const URL_PATTERN = /\bhttps?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g;
const BOLD = /\*\*(?=\S)(.+?)(?<=\S)\*\*/g;
const PHONE_NUMBER =
  /(?<![\d.,-])(?:\+?\d{3,4}(?:[ -]\d{2,4}){1,3}|\d{3})(?![\d.,-]*\d|\s?(?:%|mg|ml|seconds|minutes|hours|days|weeks|years))/g;

/** Makes an element with attributes and children. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

/** Makes a link that opens safely, in a new window; null for an address that is no web page. */
export function externalLink(address, text, locale) {
  if (!/^https?:\/\//i.test(address)) return null;
  const hint = element("span", { class: "visually-hidden" }, ` ${locale.newWindow}`);
  return element("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, text, hint);
}

/** Cuts a text at each match of a pattern and puts in its place what is made of the match. */
function replaceMatches(text, pattern, make) {
  const parts = [];
  let last = 0;
  for (const found of text.matchAll(pattern)) {
    parts.push(text.slice(last, found.index), make(found));
    last = found.index + found[0].length;
  }
  return [...parts, text.slice(last)].filter((part) => part !== "");
}

/** Splits a line into text, bold, links and, where numbers are to be called, telephone links. */
export function inlineNodes(text, locale, { callable = false } = {}) {
  let parts = replaceMatches(text, URL_PATTERN, (found) => externalLink(found[0], found[0], locale) ?? found[0]);
  const replaceInText = (pattern, make) => {
    parts = parts.flatMap((part) => (typeof part === "string" ? replaceMatches(part, pattern, make) : [part]));
  };
  replaceInText(BOLD, (found) => element("strong", {}, found[1]));
  if (callable) {
    replaceInText(PHONE_NUMBER, (found) => element("a", { href: `tel:${found[0].replace(/[ -]/g, "")}` }, found[0]));
  }
  return parts;
}

/** Puts a list item into the open list, or into a new one where another kind of block is open. */
function appendToList(item, open, locale, options) {
  const kind = item.groups.bullet ? "ul" : "ol";
  const first = Number(item.groups.number ?? 1);
  const list =
    open?.localName === kind ? open : element(kind, kind === "ol" && first !== 1 ? { start: String(first) } : {});
  list.append(element("li", {}, ...inlineNodes(item.groups.text, locale, options)));
  return list;
}

/** Puts a line into the open paragraph, or into a new one, below its label if it has one. */
function appendToParagraph(line, label, open, locale, options) {
  const content = inlineNodes(line, locale, options);
  if (label) return element("p", {}, element("strong", {}, `${label}:`), " ", ...content);
  if (open?.localName !== "p") return element("p", {}, ...content);
  open.append(element("br"), ...content);
  return open;
}

/** Returns the elements for one part of an answer. */
function partBlocks({ label, text }, locale, options) {
  const startsWithList = LIST_ITEM.test(text.split("\n", 1)[0]);
  const blocks = label && startsWithList ? [element("p", {}, element("strong", {}, `${label}:`), " ")] : [];
  let unsaid = startsWithList ? "" : label; // the label that the first paragraph begins with
  let open = null; // the block that the next line may go on
  for (const line of text.split("\n")) {
    const item = line.match(LIST_ITEM);
    const before = open;
    if (item) open = appendToList(item, before, locale, options);
    else if (!line.trim()) open = null;
    else {
      open = appendToParagraph(line, unsaid, before, locale, options);
      unsaid = "";
    }
    if (open && open !== before) blocks.push(open);
  }
  return blocks;
}

/** Returns the elements for an answer: paragraphs, lists and numbered steps. Its sources are left to `sourceList`. */
export function formatBlocks(parts, locale, options = {}) {
  const shown = options.sources ? parts.filter(({ label }) => label !== SOURCES_LABEL) : parts;
  return shown.flatMap((part) => partBlocks(part, locale, options));
}

/** Returns the list of sources as links below their short names, or null where there are none. */
export function sourceList(list, parts, locale) {
  const links = (list ?? []).map(({ title, url }) => externalLink(url, title, locale)).filter(Boolean);
  if (!links.length) return null;
  const items = links.map((made) => element("li", {}, made));
  const named = parts.find(({ label }) => label === SOURCES_LABEL);
  return element(
    "details",
    { class: "sources" },
    element("summary", {}, named ? `${SOURCES_LABEL}: ${named.text}` : locale.sources),
    element("ul", {}, ...items),
  );
}
