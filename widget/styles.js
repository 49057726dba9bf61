// Style sheets of the chat, as constructable sheets: no page's Content-Security-Policy has to allow inline styles.
const css = String.raw; // the linter knows style sheets by this tag; it reads none with ${…} in it

const SHARED = css`
  :host {
    --ground: #f6f7f9;
    --card: #fff;
    --text: #1b1f24;
    --soft: #4a5560;
    --line: #767f89;
    --own: var(--accent, #0b5c8a);
    --on-own: var(--on-accent, #fff);
    --link: #0b5c8a;
    --alarm: #a31515;
    --alarm-ground: #fdecec;
    --warn: #7a4a00;
    --warn-ground: #fff4dc;
  }
  @media (prefers-color-scheme: dark) {
    :host {
      --ground: #14171a;
      --card: #20252a;
      --text: #eef1f4;
      --soft: #b3bdc7;
      --line: #7f8a95;
      --link: #9fd3f2;
      --alarm: #ffb3b3;
      --alarm-ground: #3b1717;
      --warn: #ffd591;
      --warn-ground: #33270f;
    }
  }
  .visually-hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  :focus-visible {
    outline: 3px solid var(--link);
    outline-offset: 2px;
  }
  a {
    color: var(--link);
    overflow-wrap: anywhere;
  }
`;

const PANEL = css`
  :host {
    color-scheme: light dark !important;
  }
  section {
    display: flex;
    flex-direction: column;
    color: var(--text);
    background: var(--ground);
    font:
      1em / 1.5 system-ui,
      sans-serif;
    text-align: start;
    z-index: 2147483001;
    overflow: hidden;
  }
  section[hidden],
  .menu[hidden] {
    display: none;
  }
  section.bubble {
    position: fixed;
    inset-block-end: 1em;
    inset-inline-end: 1em;
    inline-size: min(26em, calc(100vw - 2em));
    block-size: min(42em, calc(100dvh - 2em));
    border: 1px solid var(--line);
    border-radius: 0.8em;
    box-shadow: 0 6px 30px rgb(0 0 0 / 0.35);
  }
  :host([position="left"]) section.bubble {
    inset-inline: 1em auto;
  }
  section.page {
    block-size: 100%;
    min-block-size: 24em;
    border: 1px solid var(--line);
    border-radius: 0.8em;
  }
  :host([mode="page"]) {
    display: block !important;
    block-size: 100% !important;
  }
  @media (max-width: 30em), (max-height: 26em) {
    section.bubble {
      inset: 0;
      inline-size: auto;
      block-size: auto;
      border: 0;
      border-radius: 0;
    }
  }
  header {
    background: var(--own);
    color: var(--on-own);
    padding: 0.4em 0.8em;
    flex: none;
  }
  header :focus-visible {
    outline-color: currentColor;
  }
  .bar {
    display: flex;
    align-items: center;
    gap: 0.25em;
  }
  h2 {
    flex: 1;
    margin: 0;
    font-size: 1.05em;
    line-height: 1.3;
    overflow-wrap: anywhere;
  }
  .note {
    margin: 0.1em 0 0.2em;
    font-size: 0.8125em;
    line-height: 1.35;
  }
  button {
    font: inherit;
    cursor: pointer;
  }
  .icon {
    inline-size: 2.75em;
    block-size: 2.75em;
    flex: none;
    color: inherit;
    background: none;
    border: 2px solid transparent;
    border-radius: 0.5em;
    font-size: 1.1em;
  }
  .icon:hover {
    border-color: currentColor;
  }
  .menu {
    display: flex;
    flex-wrap: wrap;
    gap: 0.4em;
    padding: 0.3em 0 0.5em;
  }
  .menu button {
    min-block-size: 2.25em;
    padding: 0.2em 0.7em;
    color: var(--text);
    background: var(--card);
    border: 1px solid var(--line);
    border-radius: 0.5em;
    font-size: 0.9em;
  }
  .urgent:empty {
    display: none;
  }
  .urgent {
    flex: none;
    max-block-size: 45%;
    overflow-y: auto;
  }
  .card {
    margin: 0;
    padding: 0.5em 0.8em;
    border-block-end: 3px solid var(--warn);
    background: var(--warn-ground);
    color: var(--text);
    font-size: 0.95em;
  }
  .urgent[data-tier="emergency_now"] .card {
    border-color: var(--alarm);
    background: var(--alarm-ground);
  }
  .card strong {
    display: block;
    color: var(--warn);
  }
  .urgent[data-tier="emergency_now"] strong {
    color: var(--alarm);
    font-size: 1.15em;
  }
  .card p {
    margin: 0.15em 0;
    font-weight: 600;
  }
  .card a {
    display: inline-block;
    min-block-size: 1.75em;
    min-inline-size: 2em;
    padding: 0 0.35em;
    border: 2px solid currentColor;
    border-radius: 0.4em;
    text-align: center;
  }
  deep-chat {
    display: block !important;
    flex: 1 1 0;
    min-block-size: 6em;
    box-sizing: border-box;
    border: 0 !important;
  }
  .status {
    flex: none;
    min-block-size: 1.5em;
    margin: 0;
    padding: 0 0.8em;
    color: var(--soft);
    font-size: 0.875em;
  }
  .status.alarming {
    padding: 0.4em 0.8em;
    color: var(--alarm);
    background: var(--alarm-ground);
    font-weight: 600;
  }
  .status.alarming a {
    color: inherit;
  }
  form {
    flex: none;
    padding: 0.3em 0.8em max(0.7em, env(safe-area-inset-bottom));
    border-block-start: 1px solid var(--line);
  }
  label {
    font-size: 0.875em;
    color: var(--soft);
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5em;
    align-items: flex-end;
  }
  textarea {
    flex: 1 1 9em;
    min-inline-size: 0;
    min-block-size: 2.75em;
    max-block-size: 8em;
    box-sizing: border-box;
    padding: 0.55em;
    font: inherit;
    resize: none;
    color: inherit;
    background: var(--card);
    border: 1px solid var(--line);
    border-radius: 0.5em;
  }
  textarea::placeholder {
    color: var(--soft);
    opacity: 1;
  }
  .send {
    min-block-size: 2.75em;
    padding: 0.4em 1em;
    color: var(--on-own);
    background: var(--own);
    border: 2px solid transparent;
    border-radius: 0.5em;
    font-weight: 600;
  }
  @media (max-height: 26em) {
    section {
      overflow-y: auto;
    }
    .note {
      display: none;
    }
    deep-chat {
      flex: none;
      block-size: 14em;
    }
  }
  @media (forced-colors: active) {
    button,
    .card,
    section,
    textarea {
      border-color: CanvasText;
    }
  }
  @media print {
    :host {
      display: none !important;
    }
  }
`;

const LOG = css`
  #container,
  #chat-view {
    block-size: 100%;
  }
  #messages {
    block-size: 100%;
    overflow-y: auto;
    overscroll-behavior: contain;
    padding: 0.4em 0.6em;
    box-sizing: border-box;
  }
  #messages:focus-visible {
    outline-offset: -3px;
  }
  .message-bubble,
  .html-message {
    max-inline-size: 100% !important;
    margin: 0 !important;
    padding: 0 !important;
    background: none !important;
    color: inherit !important;
  }
  .inner-message-container {
    display: block !important;
    max-inline-size: 100% !important;
    inline-size: 100% !important;
    float: none !important;
  }
  .message-bubble {
    display: block !important;
    inline-size: 100% !important;
    border-radius: 0 !important;
  }
  .outer-message-container {
    margin: 0.3em 0;
  }
  .said {
    max-inline-size: 92%;
    inline-size: fit-content;
    box-sizing: border-box;
    padding: 0.5em 0.75em;
    border-radius: 0.9em;
    color: var(--text);
    background: var(--card);
    border: 1px solid var(--line);
    overflow-wrap: anywhere;
    line-height: 1.5;
  }
  .said.mine {
    margin-inline-start: auto;
    color: var(--on-own);
    background: var(--own);
    white-space: pre-wrap;
  }
  .said p,
  .said ul,
  .said ol {
    margin: 0 0 0.5em;
  }
  .said.mine p,
  .said .answer > :last-child {
    margin-block-end: 0;
  }
  .said ul,
  .said ol {
    padding-inline-start: 1.4em;
  }
  .said li {
    margin-block-end: 0.2em;
  }
  .emergency_now,
  .urgent_same_day {
    font-weight: 600;
  }
  .said:has(.emergency_now) {
    border: 2px solid var(--alarm);
    background: var(--alarm-ground);
  }
  .said:has(.urgent_same_day) {
    border: 2px solid var(--warn);
    background: var(--warn-ground);
  }
  .said img {
    display: block;
    max-inline-size: 100%;
    block-size: auto;
    margin-block-end: 0.5em;
    border-radius: 0.4em;
    background: var(--card);
  }
  .sources {
    font-size: 0.85em;
    color: var(--soft);
  }
  .sources summary {
    cursor: pointer;
    min-block-size: 1.5em;
  }
  .sources li {
    margin-block: 0.3em;
  }
  .choices {
    display: flex;
    flex-wrap: wrap;
    gap: 0.4em;
    margin-block-start: 0.5em;
  }
  .choices button {
    min-block-size: 2.25em;
    padding: 0.25em 0.8em;
    font: inherit;
    font-size: 0.95em;
    color: var(--link);
    background: var(--card);
    border: 1px solid currentColor;
    border-radius: 1.2em;
    cursor: pointer;
  }
  .choices button:hover {
    text-decoration: underline;
  }
  @media (forced-colors: active) {
    .said,
    .choices button {
      border-color: CanvasText;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    * {
      animation: none !important;
      transition: none !important;
      scroll-behavior: auto !important;
    }
  }
`;

/** For what stands around the conversation. */
export const PANEL_STYLE = SHARED + PANEL;

/** For the conversation, inside deep-chat. */
export const LOG_STYLE = SHARED + LOG;
