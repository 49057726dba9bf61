// Turns an answer's plain text into elements. Text only ever becomes text nodes: nothing in it can become markup.
const LIST_ITEM = /^(?:(?<bullet>[-•])|(?<number>\d{1,2})[.)])\s+(?<text>.*)$/;
const LABEL = /^(What to do|When to worry|Sources|Note|Remember):\s*/;
const SOURCES = /\n*^Sources: .*$/m;
const ADDRESS = /\bhttps?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g;
const BOLD = /\*\*(?=\S)(.+?)(?<=\S)\*\*/g;
const TELEPHONE =
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

/** Makes a link that opens safely; null for an address that is no web page. */
export function link(address, text, words) {
  if (!/^https?:\/\//i.test(address)) return null;
  const hint = element("span", { class: "unseen" }, ` ${words.newWindow}`);
  return element("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, text, hint);
}

function split(text, pattern, make) {
  const parts = [];
  let last = 0;
  for (const found of text.matchAll(pattern)) {
    parts.push(text.slice(last, found.index), make(found));
    last = found.index + found[0].length;
  }
  return [...parts, text.slice(last)].filter((part) => part !== "");
}

/** Splits a line into text, bold, links and, where numbers are to be called, telephone links. */
export function inline(text, words, { callable = false } = {}) {
  let parts = split(text, ADDRESS, (found) => link(found[0], found[0], words) ?? found[0]);
  const further = (pattern, make) => {
    parts = parts.flatMap((part) => (typeof part === "string" ? split(part, pattern, make) : [part]));
  };
  further(BOLD, (found) => element("strong", {}, found[1]));
  if (callable) {
    further(TELEPHONE, (found) => element("a", { href: `tel:${found[0].replace(/[ -]/g, "")}` }, found[0]));
  }
  return parts;
}

/** Puts a list item into the open list, or into a new one where another kind of block is open. */
function listWith(item, open, words, options) {
  const kind = item.groups.bullet ? "ul" : "ol";
  const first = Number(item.groups.number ?? 1);
  const list =
    open?.localName === kind ? open : element(kind, kind === "ol" && first !== 1 ? { start: String(first) } : {});
  list.append(element("li", {}, ...inline(item.groups.text, words, options)));
  return list;
}

/** Puts a line into the open paragraph, or into a new one where it begins with a label or another block is open. */
function paragraphWith(line, open, words, options) {
  const label = line.match(LABEL);
  if (label) {
    const heading = element("strong", {}, `${label[1]}:`);
    return element("p", {}, heading, " ", ...inline(line.slice(label[0].length), words, options));
  }
  const content = inline(line, words, options);
  if (open?.localName !== "p") return element("p", {}, ...content);
  open.append(element("br"), ...content);
  return open;
}

/** Returns the elements for a text: paragraphs, lists and numbered steps. The line of sources is left to `sources`. */
export function formatted(text, words, options = {}) {
  const blocks = [];
  let open = null; // the block that the next line may go on
  for (const line of (options.sources ? text.replace(SOURCES, "") : text).split("\n")) {
    const item = line.match(LIST_ITEM);
    const before = open;
    if (item) open = listWith(item, before, words, options);
    else open = line.trim() ? paragraphWith(line, before, words, options) : null;
    if (open && open !== before) blocks.push(open);
  }
  return blocks;
}

/** Returns the list of sources as links below their short names, or null where there are none. */
export function sources(list, text, words) {
  const links = (list ?? []).map(({ title, url }) => link(url, title, words)).filter(Boolean);
  if (!links.length) return null;
  const items = links.map((made) => element("li", {}, made));
  return element(
    "details",
    { class: "sources" },
    element("summary", {}, text.match(SOURCES)?.[0].trim() || words.sources),
    element("ul", {}, ...items),
  );
}
