// The connection to the server: stores the session token, delivers each message once, and fetches what was missed.
import { io } from "./vendor/socket.io.js";

const ACK_TIMEOUT_MS = 6_000;
const RETRY_DELAY_MS = 2_000;
const ANSWER_TIMEOUT_MS = 5_000;
const FAILURES_UNTIL_REFUSED = 2;

/**
 * JSON values in the browser's `localStorage` or `sessionStorage`, under a prefix; where the browser stores nothing
 * (private windows, blocked storage), in memory for as long as the page lives.
 */
class SafeStorage {
  #prefix;
  #area;
  #memory = new Map();

  constructor(prefix, area) {
    this.#prefix = prefix;
    this.#area = area;
  }

  get(key) {
    try {
      return JSON.parse(globalThis[this.#area].getItem(`${this.#prefix}:${key}`)) ?? this.#memory.get(key) ?? null;
    } catch {
      return this.#memory.get(key) ?? null;
    }
  }

  set(key, value) {
    this.#memory.set(key, value);
    try {
      if (value === null) globalThis[this.#area].removeItem(`${this.#prefix}:${key}`);
      else globalThis[this.#area].setItem(`${this.#prefix}:${key}`, JSON.stringify(value));
    } catch {
      // stored in memory alone
    }
  }
}

function randomId() {
  const numbers = crypto.getRandomValues(new Uint32Array(4));
  return Array.from(numbers, (number) => number.toString(16).padStart(8, "0")).join("");
}

/**
 * Dispatches the events `entry` (something said), `typing` (true or false), `turnEnded` ({tier, cleared, re, waiting}),
 * `state` ("connected" | "unreachable" | "refused"), `historyLost` (the server was started again and knows nothing of what
 * was said) and `tier` (the one in force, after connecting).
 */
export class Connection extends EventTarget {
  #localStorage;
  #sessionStorage;
  #socket;
  #pending;
  #isFlushing = false;
  #answerTimers = new Map();
  #isConnected = false;
  #epoch = "";
  #lastSeq = 0;
  #failures = 0;
  #hasConnected = false;
  #token = null;

  constructor(server) {
    super();
    this.#localStorage = new SafeStorage(`knee-chat:${server.host}`, "localStorage");
    this.#sessionStorage = new SafeStorage(`knee-chat:${server.host}`, "sessionStorage");
    this.#pending = this.#sessionStorage.get("pending") ?? [];
    this.#token = this.#localStorage.get("token");
    this.#socket = io(server.origin, {
      autoConnect: false,
      transports: ["websocket", "polling"], // a change of transport half-way has been seen to swallow an answer
      tryAllTransports: true,
      reconnectionDelay: 500,
      reconnectionDelayMax: 5_000,
      timeout: 8_000,
      auth: (callback) => callback({ token: this.#token, epoch: this.#epoch, after: this.#lastSeq }),
    });
    this.#socket.on("session_confirm", (answer) => this.#onSessionConfirm(answer));
    this.#socket.on("bot_uttered", (entry) => this.#receive(entry));
    this.#socket.on("user_echoed", (entry) => this.#receive(entry));
    this.#socket.on("typing", () => this.#dispatch("typing", true));
    this.#socket.on("turn_ended", (turn) => {
      if (!turn.waiting) this.#dispatch("typing", false);
      clearTimeout(this.#answerTimers.get(turn.re));
      this.#answerTimers.delete(turn.re);
      this.#dispatch("turnEnded", turn);
    });
    this.#socket.on("connect_error", () => this.#onConnectionLost());
    this.#socket.on("disconnect", (reason) => {
      this.#onConnectionLost();
      if (reason === "io server disconnect") this.#socket.connect(); // the library leaves this one to us
    });
    globalThis.addEventListener("online", () => this.#socket.disconnected && this.#socket.connect());
    globalThis.addEventListener("offline", () => this.#onConnectionLost());
  }

  connect() {
    this.#socket.connect();
  }

  /** Queues a message; it is sent when the server can be reached. Returns its entry, to be shown. */
  send(message, shown = message) {
    const outgoing = { id: randomId(), message, shown, locale: navigator.language };
    this.#setPending([...this.#pending, outgoing]);
    this.#flush();
    return { id: outgoing.id, from: "person", text: shown };
  }

  /** The entries of the messages that the server has not acknowledged yet. */
  get pending() {
    return this.#pending.map(({ id, shown }) => ({ id, from: "person", text: shown }));
  }

  #dispatch(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #setPending(pending) {
    this.#pending = pending;
    this.#sessionStorage.set("pending", pending.length ? pending : null);
  }

  #onConnectionLost() {
    this.#isConnected = false;
    this.#failures += 1;
    this.#dispatch("typing", false);
    this.#dispatch(
      "state",
      this.#failures >= FAILURES_UNTIL_REFUSED && !this.#hasConnected ? "refused" : "unreachable",
    );
  }

  #onSessionConfirm({ token, keep, epoch, missed, typing, tier }) {
    const restarted = this.#epoch !== "" && this.#epoch !== epoch;
    this.#epoch = epoch;
    this.#token = token;
    this.#localStorage.set("token", keep ? token : null);
    this.#failures = 0;
    this.#isConnected = this.#hasConnected = true;
    const arrived = new Set(missed.map((entry) => entry.id));
    this.#setPending(this.#pending.filter(({ id }) => !arrived.has(id)));
    if (restarted && missed.length === 0) this.#dispatch("historyLost");
    if (restarted) this.#lastSeq = 0;
    for (const entry of missed) this.#receive(entry);
    if (!typing) this.#dispatch("tier", tier);
    this.#dispatch("state", "connected");
    this.#dispatch("typing", typing);
    this.#flush();
  }

  #receive(entry) {
    this.#lastSeq = Math.max(this.#lastSeq, entry.seq ?? 0);
    this.#dispatch("entry", entry);
  }

  /** Asks again for what was missed where an answer does not come to its end. */
  #startAnswerTimer(id) {
    const catchUp = () => {
      if (!this.#isConnected) return; // what was missed comes with the next connection
      this.#socket.emit("catch_up", { epoch: this.#epoch, after: 0 }); // the whole log: what is shown already is passed over
      this.#answerTimers.delete(id);
    };
    this.#answerTimers.set(id, setTimeout(catchUp, ANSWER_TIMEOUT_MS));
  }

  async #flush() {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    try {
      while (this.#isConnected && this.#pending.length) {
        const [next] = this.#pending;
        let ack;
        try {
          ack = await this.#socket.timeout(ACK_TIMEOUT_MS).emitWithAck("user_uttered", next);
        } catch {
          ack = { again: true };
        }
        if (ack.again) {
          await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS));
          continue;
        }
        if (ack.taken) this.#startAnswerTimer(next.id);
        this.#setPending(this.#pending.filter(({ id }) => id !== next.id));
      }
    } finally {
      this.#isFlushing = false;
    }
  }
}
