// Turns an answer's plain text into elements. Text only ever becomes text nodes: nothing in it can become markup.
const LIST_ITEM = /^(?:(?<bullet>[-•])|(?<number>\d{1,2})[.)])\s+(?<text>.*)$/;
const LABEL = /^(What to do|When to worry|Sources|Note|Remember):\s*/;
const SOURCES = /\n*^Sources: .*$/m;
const ADDRESS = /\bhttps?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g;
const BOLD = /\*\*(?=\S)(.+?)(?<=\S)\*\*/g;
const TELEPHONE = /(?<![\d.,-])(?:\+?\d{3,4}(?:[ -]\d{2,4}){1,3}|\d{3})(?![\d.,-]*\d|\s?(?:%|mg|ml|seconds|minutes|hours|days|weeks|years))/g;

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

/** Returns the elements for a text: paragraphs, lists and numbered steps. The line of sources is left to `sources`. */
export function formatted(text, words, options = {}) {
  const blocks = [];
  let list = null;
  let paragraph = null;
  for (const line of (options.sources ? text.replace(SOURCES, "") : text).split("\n")) {
    const item = line.match(LIST_ITEM);
    if (item) {
      const kind = item.groups.bullet ? "ul" : "ol";
      if (list?.localName !== kind) {
        const first = Number(item.groups.number ?? 1);
        list = element(kind, kind === "ol" && first !== 1 ? { start: String(first) } : {});
        blocks.push(list);
      }
      list.append(element("li", {}, ...inline(item.groups.text, words, options)));
      paragraph = null;
      continue;
    }
    list = null;
    if (!line.trim()) {
      paragraph = null;
      continue;
    }
    const label = line.match(LABEL);
    const content = inline(label ? line.slice(label[0].length) : line, words, options);
    if (paragraph && !label) {
      paragraph.append(element("br"), ...content);
      continue;
    }
    paragraph = element("p", {}, ...(label ? [element("strong", {}, `${label[1]}:`), " "] : []), ...content);
    blocks.push(paragraph);
  }
  return blocks;
}

/** Returns the list of sources as links below their short names, or null where there are none. */
export function sources(list, text, words) {
  const links = (list ?? []).map(({ title, url }) => link(url, title, words)).filter(Boolean);
  if (!links.length) return null;
  const items = links.map((made) => element("li", {}, made));
  return element("details", { class: "sources" }, element("summary", {}, text.match(SOURCES)?.[0].trim() || words.sources), element("ul", {}, ...items));
}
