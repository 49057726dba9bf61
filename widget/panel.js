// The chat itself: deep-chat shows the conversation; what stands around it (input, emergency card, menu) is ours, since
// deep-chat's own input is a div without a name, and its messages are announced by nothing.
import "./vendor/deep-chat.js";
import { Connection } from "./connection.js";
import { element, formatted, inline, sources } from "./format.js";
import { LOG_STYLE, PANEL_STYLE } from "./styles.js";
import { isTranslated, words } from "./words.js";

const SIZES = [0.875, 1, 1.25, 1.5, 2];
const TYPING_SHOWN_AFTER = 300;
const LONGEST_SHOWN = 20_000;
const HERE = new URL(".", import.meta.url);

function sheet(text) {
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  return made;
}

export class Panel {
  #host;
  #words;
  #root;
  #section;
  #chat;
  #log;
  #field;
  #status;
  #urgent;
  #menu;
  #connection;
  #entries = new Map();
  #cleared = new Set();
  #typing = 0;
  #size = 1;
  #unreachable = false;
  #ready;

  constructor(host) {
    this.#host = host;
    this.#root = host.shadowRoot;
    this.#words = words(host.words.lang);
    this.#root.adoptedStyleSheets = [...this.#root.adoptedStyleSheets, sheet(PANEL_STYLE)];
    this.#build();
    this.#ready = this.#watchLog();
    this.#connection = new Connection(HERE);
    const on = (name, act) =>
      this.#connection.addEventListener(name, ({ detail }) => this.#ready.then(() => act(detail)));
    on("forgotten", () => this.#entries.size > 1 && this.#note(this.#words.forgotten));
    on("entry", (entry) => this.#show(entry));
    on("typing", (isTyping) => this.#showTyping(isTyping));
    on("ended", (detail) => this.#ended(detail));
    on("inForce", (tier) => this.#calmBelow(tier));
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
      this.#ready.then(() => {
        this.#show({
          id: "greeting",
          from: "assistant",
          text: this.#host.getAttribute("greeting") || this.#words.greeting,
        });
        for (const entry of this.#connection.pending) this.#show(entry);
      });
      this.#connection.connect();
    }
    if (focus) this.#field.focus();
  }

  close() {
    this.#section.hidden = true;
    this.#closeMenu();
  }

  send(message, shown) {
    const text = message.trim();
    if (!text) return;
    this.#removeChoices();
    this.#ready.then(() => {
      this.#show(this.#connection.send(text.slice(0, LONGEST_SHOWN), shown?.slice(0, LONGEST_SHOWN)));
      this.#toLatestOfMine();
    });
  }

  #build() {
    const say = this.#words;
    const { lang } = this.#host.words;
    const title = this.#host.getAttribute("title-text") || say.title;
    const button = (name, className, act, text = say[name]) => {
      const made = element("button", { type: "button", class: className }, text);
      made.addEventListener("click", act);
      return made;
    };
    const items = [
      button("startAgain", "", () => this.send("start again", say.startAgain)),
      button("forget", "", () => this.send("forget me", say.forget)),
      button("larger", "", () => this.#resize(1)),
      button("smaller", "", () => this.#resize(-1)),
      button("copyAll", "", () => this.#copy()),
    ];
    this.#menu = element("div", { class: "menu", id: "menu", hidden: true }, ...items);
    for (const item of items.slice(0, 2)) item.addEventListener("click", () => this.#closeMenu(true));
    const menuButton = button("menu", "icon", () => this.#toggleMenu(), "⋯");
    menuButton.setAttribute("aria-label", say.menu);
    menuButton.setAttribute("aria-expanded", "false");
    menuButton.setAttribute("aria-controls", "menu");
    this.menuButton = menuButton;
    const closeButton = button("close", "icon", () => this.#host.close(), "✕");
    closeButton.setAttribute("aria-label", say.close);
    this.#urgent = element("div", { class: "urgent", role: "alert" });
    this.#chat = document.createElement("deep-chat");
    this.#setUpChat();
    this.#status = element("p", { class: "status", role: "status" });
    this.#field = element("textarea", { id: "message", rows: "1", enterkeyhint: "send", placeholder: say.placeholder });
    const form = element(
      "form",
      { autocomplete: "off" },
      element("label", { for: "message" }, say.message),
      element("div", { class: "row" }, this.#field, element("button", { class: "send" }, say.send)),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.#field.value;
      if (!text.trim()) return;
      this.#field.value = "";
      this.#grow();
      this.send(text);
    });
    this.#field.addEventListener("input", () => this.#grow());
    this.#field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        form.requestSubmit();
      }
    });
    const heading = element("h2", { id: "title" }, title);
    const header = element(
      "header",
      {},
      element("div", { class: "bar" }, heading, menuButton, this.#host.isPage ? null : closeButton),
      this.#menu,
      element("p", { class: "note" }, say.note),
    );
    this.#section = element(
      "section",
      {
        role: this.#host.isPage ? "region" : "dialog",
        "aria-labelledby": "title",
        class: this.#host.isPage ? "page" : "bubble",
        lang,
        dir: this.#host.words.dir,
        hidden: true,
      },
      header,
      this.#urgent,
      this.#chat,
      this.#status,
      form,
    );
    this.#section.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.stopPropagation();
      if (this.#menu.hidden) this.#host.close();
      else this.#closeMenu(true);
    });
    this.#root.append(this.#section);
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
  #watchLog() {
    const inner = this.#chat.shadowRoot;
    inner.addEventListener("click", (event) => {
      const pressed = event.target.closest?.("button[data-payload]");
      if (!pressed) return;
      this.#field.focus();
      this.send(pressed.dataset.payload, pressed.textContent);
    });
    return new Promise((drawn) => {
      const adopt = () => {
        const log = inner.getElementById("messages");
        if (!log || log === this.#log) return;
        this.#log = log;
        log.setAttribute("role", "log");
        log.setAttribute("aria-label", this.#words.log);
        log.tabIndex = 0;
        inner.getElementById("input")?.remove();
        for (const entry of this.#entries.values()) this.#draw(entry);
        drawn();
      };
      new MutationObserver(adopt).observe(inner, { childList: true, subtree: true });
      adopt();
    });
  }

  #show(entry) {
    if (this.#entries.has(entry.id) || this.#cleared.has(entry.re ?? entry.id)) return;
    this.#entries.set(entry.id, entry);
    const before = this.#log.scrollTop;
    this.#draw(entry);
    if (entry.id === "greeting") return;
    if (entry.from === "assistant") {
      // the beginning of an answer matters most: it stays in view, however long the rest is
      this.#log.scrollTop = before;
      this.#toLatestOfMine();
      if (entry.tier) this.#alarm(entry);
    }
    this.#host.dispatchEvent(new CustomEvent("message", { detail: { from: entry.from, text: entry.text } }));
  }

  #draw(entry) {
    const mine = entry.from === "person";
    const bubble = mine ? element("p", { dir: "auto" }, entry.text) : this.#answer(entry);
    if (!mine) this.#removeChoices();
    const who = element("span", { class: "unseen" }, `${mine ? this.#words.you : this.#words.assistant}: `);
    this.#setLang(who, mine ? "you" : "assistant");
    const content = element("div", { class: `said ${mine ? "mine" : "theirs"}`, "data-id": entry.id }, who, bubble);
    if (!mine) this.#setLang(content, entry.id === "greeting" ? "greeting" : "answer");
    if (entry.id === "greeting" && this.#host.getAttribute("greeting")) content.dir = "auto"; // the site's own words
    this.#chat.addMessage({ html: content.outerHTML, role: mine ? "user" : "ai" });
  }

  #setLang(node, name) {
    const isOurs = isTranslated(this.#host.words.lang, name);
    node.lang = isOurs ? this.#host.words.lang : "en";
    node.dir = isOurs ? this.#host.words.dir : "ltr";
  }

  #answer(entry) {
    const options = {
      callable: Boolean(entry.tier) || /\bcall\b|\btext\b|number/i.test(entry.text),
      sources: entry.sources,
    };
    const parts = formatted(entry.text, this.#words, options);
    if (entry.picture) {
      const source = new URL(`pictures/${entry.picture.name}.svg`, HERE).href;
      parts.splice(1, 0, element("img", { src: source, alt: entry.picture.text, width: "240", height: "180" }));
    }
    if (/^https?:\/\//.test(entry.image ?? "")) parts.push(element("img", { src: entry.image, alt: "" }));
    if (!entry.tier) parts.push(sources(entry.sources, entry.text, this.#words));
    if (entry.buttons?.length) {
      const choices = entry.buttons.map(({ title, payload }) =>
        element("button", { type: "button", "data-payload": payload }, title),
      );
      parts.push(element("div", { class: "choices", role: "group", "aria-label": this.#words.choices }, ...choices));
    }
    return element("div", { class: entry.tier ? `answer ${entry.tier}` : "answer" }, ...parts.filter(Boolean));
  }

  #alarm(entry) {
    const isNow = entry.tier === "emergency_now";
    if (!isNow && this.#urgent.dataset.tier === "emergency_now") return;
    this.#urgent.dataset.tier = entry.tier;
    const heading = element("strong", {}, isNow ? this.#words.emergency : this.#words.urgent);
    const text = formatted(entry.text, this.#words, { callable: true });
    const card = element("div", { class: "card", lang: "en", dir: "ltr" }, heading, ...text);
    this.#setLang(heading, isNow ? "emergency" : "urgent");
    this.#urgent.replaceChildren(card);
  }

  #removeChoices() {
    for (const choices of this.#log?.querySelectorAll(".choices") ?? []) choices.remove();
  }

  #toLatestOfMine() {
    const scroll = () => {
      const mine = [...this.#log.querySelectorAll(".said.mine")].at(-1);
      if (mine) this.#log.scrollTop += mine.getBoundingClientRect().top - this.#log.getBoundingClientRect().top - 8;
    };
    requestAnimationFrame(scroll);
    setTimeout(scroll, 80); // deep-chat scrolls to the end by itself, some time after a message
  }

  #note(text) {
    this.#status.replaceChildren(...inline(text, this.#words, { callable: this.#unreachable }));
  }

  #showTyping(isTyping) {
    clearTimeout(this.#typing);
    if (isTyping) {
      this.#typing = setTimeout(() => {
        if (!this.#unreachable) this.#note(this.#words.typing);
      }, TYPING_SHOWN_AFTER);
    } else if (this.#status.textContent === this.#words.typing) {
      this.#note("");
    }
  }

  #showState(state) {
    const was = this.#unreachable;
    this.#unreachable = state !== "connected";
    this.#status.classList.toggle("alarming", this.#unreachable);
    if (this.#unreachable) this.#note(this.#words[state]);
    else if (was && this.#status.textContent !== this.#words.forgotten) this.#note(this.#words.back);
  }

  #ended({ tier, cleared, re }) {
    if (this.#status.textContent === this.#words.back) this.#note("");
    if (cleared) this.#clear(re);
    this.#calmBelow(tier);
    this.#host.dispatchEvent(new CustomEvent("tier", { detail: { tier: tier ?? null } }));
  }

  /** Takes the card away once what it stood for is no longer in force. */
  #calmBelow(tier) {
    if (tier === "emergency_now" || tier === "urgent_same_day") return;
    delete this.#urgent.dataset.tier;
    this.#urgent.replaceChildren();
  }

  #clear(re) {
    const kept = [...this.#entries.values()].filter((entry) => entry.re === re);
    for (const entry of this.#entries.values()) this.#cleared.add(entry.re ?? entry.id);
    this.#cleared.delete(re);
    this.#entries.clear();
    this.#chat.clearMessages(true);
    for (const entry of kept) this.#show(entry);
  }

  #grow() {
    this.#field.style.height = "auto";
    this.#field.style.height = `${this.#field.scrollHeight + 2}px`;
  }

  #toggleMenu() {
    if (!this.#menu.hidden) {
      this.#closeMenu(true);
      return;
    }
    this.#menu.hidden = false;
    this.menuButton.setAttribute("aria-expanded", "true");
    this.#menu.querySelector("button").focus();
  }

  #closeMenu(focus = false) {
    this.#menu.hidden = true;
    this.menuButton.setAttribute("aria-expanded", "false");
    if (focus) this.menuButton.focus();
  }

  #resize(step) {
    this.#size = Math.min(Math.max(this.#size + step, 0), SIZES.length - 1);
    this.#section.style.fontSize = `${SIZES[this.#size]}em`;
  }

  async #copy() {
    const name = { person: this.#words.you, assistant: this.#words.assistant };
    const text = [...this.#entries.values()].map((entry) => `${name[entry.from]}: ${entry.text}`).join("\n\n");
    try {
      await navigator.clipboard.writeText(text);
      this.#note(this.#words.copied);
    } catch {
      this.#note(this.#words.notCopied);
    }
  }
}
