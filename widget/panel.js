// The chat itself: deep-chat shows the conversation; what stands around it (input, emergency card, menu) is ours, since
// deep-chat's own input is a div without a name, and its messages are announced by nothing.
import "./vendor/deep-chat.js";
import { Connection } from "./connection.js";
import { element, formatBlocks, inlineNodes, sourceList } from "./format.js";
import { isTranslated, panelLocale } from "./locale.panel.js";
import { LOG_STYLE, PANEL_STYLE } from "./styles.js";

const FONT_SCALES = [0.875, 1, 1.25, 1.5, 2];
const TYPING_DELAY_MS = 300;
const MAX_MESSAGE_LENGTH = 20_000;
const BASE_URL = new URL(".", import.meta.url);

function styleSheet(text) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
}

export class Panel {
  #host;
  #locale;
  #root;
  #section;
  #chat;
  #log;
  #input;
  #status;
  #alert;
  #menu;
  #menuButton;
  #connection;
  #entries = new Map();
  #clearedTurns = new Set();
  #typingTimer = 0;
  #fontScale = 1;
  #unreachable = false;
  #logReady;

  constructor(host) {
    this.#host = host;
    this.#root = host.shadowRoot;
    this.#locale = panelLocale(host.locale.lang);
    this.#root.adoptedStyleSheets = [...this.#root.adoptedStyleSheets, styleSheet(PANEL_STYLE)];
    this.#build();
    this.#logReady = this.#whenLogDrawn();
    this.#connection = new Connection(BASE_URL);
    const on = (name, act) =>
      this.#connection.addEventListener(name, ({ detail }) => this.#logReady.then(() => act(detail)));
    on("historyLost", () => this.#entries.size > 1 && this.#setStatus(this.#locale.forgotten));
    on("entry", (entry) => this.#addEntry(entry));
    on("typing", (isTyping) => this.#showTyping(isTyping));
    on("turnEnded", (detail) => this.#onTurnEnded(detail));
    on("tier", (tier) => this.#dismissAlertBelowUrgent(tier));
    on("state", (state) => this.#showState(state));
  }

  get isOpen() {
    return !this.#section.hidden;
  }

  open(focus) {
    const first = !this.#section.dataset.opened;
    this.#section.hidden = false;
    this.#section.dataset.opened = "yes";
    if (first) {
      this.#logReady.then(() => {
        this.#addEntry({
          id: "greeting",
          from: "assistant",
          text: this.#host.getAttribute("greeting") || this.#locale.greeting,
        });
        for (const entry of this.#connection.pending) this.#addEntry(entry);
      });
      this.#connection.connect();
    }
    if (focus) this.#input.focus();
  }

  close() {
    this.#section.hidden = true;
    this.#closeMenu();
  }

  send(message, shown) {
    const text = message.trim();
    if (!text) return;
    this.#removeButtons();
    this.#logReady.then(() => {
      this.#addEntry(this.#connection.send(text.slice(0, MAX_MESSAGE_LENGTH), shown?.slice(0, MAX_MESSAGE_LENGTH)));
      this.#scrollToLastUserMessage();
    });
  }

  #build() {
    const { isPage, locale } = this.#host;
    this.#alert = element("div", { class: "urgent", role: "alert" });
    this.#chat = document.createElement("deep-chat");
    this.#setUpChat();
    this.#status = element("p", { class: "status", role: "status" });
    this.#section = element(
      "section",
      {
        role: isPage ? "region" : "dialog",
        "aria-labelledby": "title",
        class: isPage ? "page" : "bubble",
        lang: locale.lang,
        dir: locale.dir,
        hidden: true,
      },
      this.#createHeader(),
      this.#alert,
      this.#chat,
      this.#status,
      this.#createForm(),
    );
    this.#section.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.stopPropagation();
      if (this.#menu.hidden) this.#host.close();
      else this.#closeMenu(true);
    });
    this.#root.append(this.#section);
  }

  #button(key, act, attributes = {}, text = this.#locale[key]) {
    const made = element("button", { type: "button", ...attributes }, text);
    made.addEventListener("click", act);
    return made;
  }

  #iconButton(key, icon, act, attributes = {}) {
    return this.#button(key, act, { class: "icon", "aria-label": this.#locale[key], ...attributes }, icon);
  }

  #createHeader() {
    const locale = this.#locale;
    const closingMenu = (act) => () => {
      act();
      this.#closeMenu(true);
    };
    this.#menu = element(
      "div",
      { class: "menu", id: "menu", hidden: true },
      this.#button(
        "startAgain",
        closingMenu(() => this.send("start again", locale.startAgain)),
      ),
      this.#button(
        "forget",
        closingMenu(() => this.send("forget me", locale.forget)),
      ),
      this.#button("larger", () => this.#changeFontScale(1)),
      this.#button("smaller", () => this.#changeFontScale(-1)),
      this.#button("copyAll", () => this.#copyConversation()),
    );
    const controls = { "aria-expanded": "false", "aria-controls": "menu" };
    this.#menuButton = this.#iconButton("menu", "⋯", () => this.#toggleMenu(), controls);
    const closeButton = this.#host.isPage ? null : this.#iconButton("close", "✕", () => this.#host.close());
    const heading = element("h2", { id: "title" }, this.#host.getAttribute("title-text") || locale.title);
    const bar = element("div", { class: "bar" }, heading, this.#menuButton, closeButton);
    return element("header", {}, bar, this.#menu, element("p", { class: "note" }, locale.note));
  }

  #createForm() {
    const locale = this.#locale;
    const input = { id: "message", rows: "1", enterkeyhint: "send", placeholder: locale.placeholder };
    this.#input = element("textarea", input);
    const form = element(
      "form",
      { autocomplete: "off" },
      element("label", { for: "message" }, locale.message),
      element("div", { class: "row" }, this.#input, element("button", { class: "send" }, locale.send)),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.#input.value;
      if (!text.trim()) return;
      this.#input.value = "";
      this.#fitInput();
      this.send(text);
    });
    this.#input.addEventListener("input", () => this.#fitInput());
    this.#input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        form.requestSubmit();
      }
    });
    return form;
  }

  #setUpChat() {
    const chat = this.#chat;
    chat.connect = { handler: () => {} }; // messages go through our own connection
    chat.auxiliaryStyle = LOG_STYLE;
    chat.textInput = { disabled: true };
    chat.style.fontFamily = "inherit"; // any other value than its default keeps it from asking a font host
    const plain = { border: "none", width: "100%", height: "100%", backgroundColor: "transparent", fontSize: "1em" };
    Object.assign(chat.style, plain);
    chat.errorMessages = { displayServiceErrorMessages: false };
  }

  /** Waits for deep-chat to draw itself, and makes its list of messages a live log: each time, since it may draw anew. */
  #whenLogDrawn() {
    const inner = this.#chat.shadowRoot;
    inner.addEventListener("click", (event) => {
      const pressed = event.target.closest?.("button[data-payload]");
      if (!pressed) return;
      this.#input.focus();
      this.send(pressed.dataset.payload, pressed.textContent);
    });
    return new Promise((drawn) => {
      const adopt = () => {
        const log = inner.getElementById("messages");
        if (!log || log === this.#log) return;
        this.#log = log;
        log.setAttribute("role", "log");
        log.setAttribute("aria-label", this.#locale.log);
        log.tabIndex = 0;
        inner.getElementById("input")?.remove();
        for (const entry of this.#entries.values()) this.#renderEntry(entry);
        drawn();
      };
      new MutationObserver(adopt).observe(inner, { childList: true, subtree: true });
      adopt();
    });
  }

  #addEntry(entry) {
    if (this.#entries.has(entry.id) || this.#clearedTurns.has(entry.re ?? entry.id)) return;
    this.#entries.set(entry.id, entry);
    const before = this.#log.scrollTop;
    this.#renderEntry(entry);
    if (entry.id === "greeting") return;
    if (entry.from === "assistant") {
      // the beginning of an answer matters most: it stays in view, however long the rest is
      this.#log.scrollTop = before;
      this.#scrollToLastUserMessage();
      if (entry.tier) this.#showAlert(entry);
    }
    this.#host.dispatchEvent(new CustomEvent("message", { detail: { from: entry.from, text: entry.text } }));
  }

  #renderEntry(entry) {
    const isUser = entry.from === "person";
    const bubble = isUser ? element("p", { dir: "auto" }, entry.text) : this.#renderAnswer(entry);
    if (!isUser) this.#removeButtons();
    const who = element(
      "span",
      { class: "visually-hidden" },
      `${isUser ? this.#locale.you : this.#locale.assistant}: `,
    );
    this.#setLang(who, isUser ? "you" : "assistant");
    const content = element("div", { class: `said ${isUser ? "mine" : "theirs"}`, "data-id": entry.id }, who, bubble);
    if (!isUser) this.#setLang(content, entry.id === "greeting" ? "greeting" : "answer");
    if (entry.id === "greeting" && this.#host.getAttribute("greeting")) content.dir = "auto"; // the site's own words
    this.#chat.addMessage({ html: content.outerHTML, role: isUser ? "user" : "ai" });
  }

  #setLang(node, name) {
    const isOurs = isTranslated(this.#host.locale.lang, name);
    node.lang = isOurs ? this.#host.locale.lang : "en";
    node.dir = isOurs ? this.#host.locale.dir : "ltr";
  }

  #renderAnswer(entry) {
    const options = {
      callable: Boolean(entry.tier) || /\bcall\b|\btext\b|number/i.test(entry.text),
      sources: entry.sources,
    };
    const said = entry.parts ?? [{ label: "", text: entry.text }];
    const parts = formatBlocks(said, this.#locale, options);
    if (entry.picture) {
      const source = new URL(`pictures/${entry.picture.name}.svg`, BASE_URL).href;
      parts.splice(1, 0, element("img", { src: source, alt: entry.picture.text, width: "240", height: "180" }));
    }
    if (/^https?:\/\//.test(entry.image ?? "")) parts.push(element("img", { src: entry.image, alt: "" }));
    if (!entry.tier) parts.push(sourceList(entry.sources, said, this.#locale));
    if (entry.buttons?.length) {
      const choices = entry.buttons.map(({ title, payload }) =>
        element("button", { type: "button", "data-payload": payload }, title),
      );
      parts.push(element("div", { class: "choices", role: "group", "aria-label": this.#locale.choices }, ...choices));
    }
    return element("div", { class: entry.tier ? `answer ${entry.tier}` : "answer" }, ...parts.filter(Boolean));
  }

  #showAlert(entry) {
    const isNow = entry.tier === "emergency_now";
    if (!isNow && this.#alert.dataset.tier === "emergency_now") return;
    this.#alert.dataset.tier = entry.tier;
    const heading = element("strong", {}, isNow ? this.#locale.emergency : this.#locale.urgent);
    const text = formatBlocks([{ label: "", text: entry.text }], this.#locale, { callable: true });
    const card = element("div", { class: "card", lang: "en", dir: "ltr" }, heading, ...text);
    this.#setLang(heading, isNow ? "emergency" : "urgent");
    this.#alert.replaceChildren(card);
  }

  #removeButtons() {
    for (const choices of this.#log?.querySelectorAll(".choices") ?? []) choices.remove();
  }

  #scrollToLastUserMessage() {
    const scroll = () => {
      const last = [...this.#log.querySelectorAll(".said.mine")].at(-1);
      if (last) this.#log.scrollTop += last.getBoundingClientRect().top - this.#log.getBoundingClientRect().top - 8;
    };
    requestAnimationFrame(scroll);
    setTimeout(scroll, 80); // deep-chat scrolls to the end by itself, some time after a message
  }

  #setStatus(text) {
    this.#status.replaceChildren(...inlineNodes(text, this.#locale, { callable: this.#unreachable }));
  }

  #showTyping(isTyping) {
    clearTimeout(this.#typingTimer);
    if (isTyping) {
      this.#typingTimer = setTimeout(() => {
        if (!this.#unreachable) this.#setStatus(this.#locale.typing);
      }, TYPING_DELAY_MS);
    } else if (this.#status.textContent === this.#locale.typing) {
      this.#setStatus("");
    }
  }

  #showState(state) {
    const was = this.#unreachable;
    this.#unreachable = state !== "connected";
    this.#status.classList.toggle("alarming", this.#unreachable);
    if (this.#unreachable) this.#setStatus(this.#locale[state]);
    else if (was && this.#status.textContent !== this.#locale.forgotten) this.#setStatus(this.#locale.back);
  }

  #onTurnEnded({ tier, cleared, re }) {
    if (this.#status.textContent === this.#locale.back) this.#setStatus("");
    if (cleared) this.#clearExcept(re);
    this.#dismissAlertBelowUrgent(tier);
    this.#host.dispatchEvent(new CustomEvent("tier", { detail: { tier: tier ?? null } }));
  }

  /** Takes the card away once what it stood for is no longer in force. */
  #dismissAlertBelowUrgent(tier) {
    if (tier === "emergency_now" || tier === "urgent_same_day") return;
    delete this.#alert.dataset.tier;
    this.#alert.replaceChildren();
  }

  #clearExcept(re) {
    const kept = [...this.#entries.values()].filter((entry) => entry.re === re);
    for (const entry of this.#entries.values()) this.#clearedTurns.add(entry.re ?? entry.id);
    this.#clearedTurns.delete(re);
    this.#entries.clear();
    this.#chat.clearMessages(true);
    for (const entry of kept) this.#addEntry(entry);
  }

  #fitInput() {
    this.#input.style.height = "auto";
    this.#input.style.height = `${this.#input.scrollHeight + 2}px`;
  }

  #toggleMenu() {
    if (!this.#menu.hidden) {
      this.#closeMenu(true);
      return;
    }
    this.#menu.hidden = false;
    this.#menuButton.setAttribute("aria-expanded", "true");
    this.#menu.querySelector("button").focus();
  }

  #closeMenu(focus = false) {
    this.#menu.hidden = true;
    this.#menuButton.setAttribute("aria-expanded", "false");
    if (focus) this.#menuButton.focus();
  }

  #changeFontScale(step) {
    this.#fontScale = Math.min(Math.max(this.#fontScale + step, 0), FONT_SCALES.length - 1);
    this.#section.style.fontSize = `${FONT_SCALES[this.#fontScale]}em`;
  }

  async #copyConversation() {
    const name = { person: this.#locale.you, assistant: this.#locale.assistant };
    const text = [...this.#entries.values()].map((entry) => `${name[entry.from]}: ${entry.text}`).join("\n\n");
    try {
      await navigator.clipboard.writeText(text);
      this.#setStatus(this.#locale.copied);
    } catch {
      this.#setStatus(this.#locale.notCopied);
    }
  }
}
