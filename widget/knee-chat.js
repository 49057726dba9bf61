// The launcher: <script type="module" src="https://HOST/widget/knee-chat.js" data-title="…"></script>
// Puts a button on the page; the chat itself is loaded when it is first opened.
import { launcherLocale } from "./locale.launcher.js";

const SCRIPT = [...document.querySelectorAll("script[src]")].find((script) => script.src === import.meta.url);

const css = String.raw; // the linter knows style sheets by this tag
const STYLE = css`
  :host {
    all: initial !important;
  }
  .launcher {
    position: fixed;
    inset-block-end: max(1em, env(safe-area-inset-bottom));
    inset-inline-end: 1em;
    z-index: 2147483000;
    display: flex;
    align-items: center;
    gap: 0.5em;
    min-width: 3.5em;
    min-height: 3.5em;
    padding: 0.5em 1em;
    border: 2px solid transparent;
    border-radius: 2em;
    background: var(--accent, #0b5c8a);
    color: var(--on-accent, #fff);
    font:
      600 1em / 1.3 system-ui,
      sans-serif;
    cursor: pointer;
    box-shadow: 0 2px 10px rgb(0 0 0 / 0.35);
  }
  :host([position="left"]) .launcher {
    inset-inline: 1em auto;
  }
  .launcher:focus-visible {
    outline: 3px solid var(--accent, #0b5c8a);
    outline-offset: 3px;
    box-shadow: 0 0 0 3px #fff;
  }
  .launcher[hidden] {
    display: none;
  }
  .launcher svg {
    inline-size: 1.6em;
    block-size: 1.6em;
    fill: currentColor;
  }
  @media print {
    :host {
      display: none !important;
    }
  }
`;
const ICON_PATH =
  "M12 3C6.5 3 2 6.6 2 11c0 2.5 1.5 4.8 3.8 6.2L5 21l4.3-2.3c.9.2 1.8.3 2.7.3 5.5 0 10-3.6 10-8s-4.5-8-10-8z";

/** Returns black or white, whichever reads better on a colour given as #rgb or #rrggbb. */
function readableOn(colour) {
  const hex = colour.length === 4 ? colour.replace(/[^#]/g, "$&$&") : colour;
  const parts = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
  const linear = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] > 0.179 ? "#000" : "#fff";
}

class KneeChat extends HTMLElement {
  #button;
  #panel;
  #loading;

  connectedCallback() {
    if (this.shadowRoot) return;
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    this.locale = launcherLocale(this.getAttribute("language") || document.documentElement.lang);
    const colour = this.getAttribute("colour") || "";
    if (/^#(?:[\da-f]{3}|[\da-f]{6})$/i.test(colour)) {
      this.style.setProperty("--accent", colour);
      this.style.setProperty("--on-accent", readableOn(colour));
    }
    if (this.isPage) {
      this.open();
      return;
    }
    this.#button = document.createElement("button");
    this.#button.type = "button";
    this.#button.className = "launcher";
    this.#button.lang = this.locale.lang;
    this.#button.dir = this.locale.dir;
    this.#button.setAttribute("aria-haspopup", "dialog");
    this.#button.setAttribute("aria-expanded", "false");
    const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    picture.setAttribute("viewBox", "0 0 24 24");
    picture.setAttribute("aria-hidden", "true");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", ICON_PATH);
    picture.append(path);
    this.#button.append(picture, this.getAttribute("title-text") || this.locale.launcher);
    this.#button.addEventListener("click", () => this.open());
    root.append(this.#button);
    if (this.hasAttribute("open-at-start") || this.#wasOpen()) this.open({ focus: false });
  }

  get isPage() {
    return this.getAttribute("mode") === "page";
  }

  get isOpen() {
    return Boolean(this.#panel?.isOpen);
  }

  /** Opens the chat, loading it if need be. */
  async open({ focus = true } = {}) {
    this.#loading ??= import("./panel.js").then(({ Panel }) => {
      this.#panel = new Panel(this);
    });
    this.#button?.setAttribute("aria-busy", "true");
    try {
      await this.#loading;
    } catch {
      this.#loading = undefined;
      if (this.#button) this.#button.lastChild.data = this.locale.cannotLoad;
      return;
    } finally {
      this.#button?.removeAttribute("aria-busy");
    }
    if (this.#panel.isOpen) return;
    this.#panel.open(focus);
    this.#button?.setAttribute("aria-expanded", "true");
    if (this.#button) this.#button.hidden = true;
    this.#storeOpenState(true);
    this.#dispatch("open");
  }

  /** Closes the chat and gives the focus back. */
  close() {
    if (!this.isOpen || this.isPage) return;
    this.#panel.close();
    this.#button.hidden = false;
    this.#button.setAttribute("aria-expanded", "false");
    this.#button.focus();
    this.#storeOpenState(false);
    this.#dispatch("close");
  }

  /** Opens the chat and sends a message, as if the person had typed it. */
  async send(text) {
    await this.open();
    this.#panel?.send(String(text));
  }

  #dispatch(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #wasOpen() {
    try {
      return sessionStorage.getItem("knee-chat:open") === "yes";
    } catch {
      return false;
    }
  }

  #storeOpenState(isOpen) {
    try {
      sessionStorage.setItem("knee-chat:open", isOpen ? "yes" : "no");
    } catch {
      // a browser that keeps nothing: the chat stays closed after a reload
    }
  }
}

if (!customElements.get("knee-chat")) customElements.define("knee-chat", KneeChat);

if (SCRIPT && !window.kneeChat) {
  const chat = document.createElement("knee-chat");
  const { title, colour, position, language, greeting, open, mode, container } = SCRIPT.dataset;
  const given = { "title-text": title, colour, position, language, greeting, mode };
  for (const [name, value] of Object.entries(given)) if (value) chat.setAttribute(name, value);
  if (open !== undefined && open !== "false") chat.setAttribute("open-at-start", "");
  window.kneeChat = chat;
  (document.querySelector(container || "body") ?? document.body).append(chat);
}
