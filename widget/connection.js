// The way to the server: keeps the conversation's token, sends each message once, and fetches what was missed.
import { io } from "./vendor/socket.io.js";

const ACKNOWLEDGED_WITHIN = 6_000;
const TRY_AGAIN_AFTER = 2_000;
const ANSWERED_WITHIN = 5_000;
const REFUSED_AFTER = 2;

/** A store that lives as long as the page where the browser keeps nothing (private windows, blocked storage). */
class Kept {
  #own = new Map();

  constructor(name, storage) {
    this.name = name;
    this.storage = storage;
  }

  read(key) {
    try {
      return JSON.parse(globalThis[this.storage].getItem(`${this.name}:${key}`)) ?? this.#own.get(key) ?? null;
    } catch {
      return this.#own.get(key) ?? null;
    }
  }

  write(key, value) {
    this.#own.set(key, value);
    try {
      if (value === null) globalThis[this.storage].removeItem(`${this.name}:${key}`);
      else globalThis[this.storage].setItem(`${this.name}:${key}`, JSON.stringify(value));
    } catch {
      // kept in #own alone
    }
  }
}

function newId() {
  const numbers = crypto.getRandomValues(new Uint32Array(4));
  return Array.from(numbers, (number) => number.toString(16).padStart(8, "0")).join("");
}

/**
 * Emits events: `entry` (something said), `typing`, `ended` ({tier, cleared, re, waiting}), `state`
 * ("connected" | "unreachable" | "refused"), `forgotten` (the server knows nothing of what was said), `inForce` (the tier now).
 */
export class Connection extends EventTarget {
  #socket;
  #pending;
  #sending = false;
  #awaited = new Map();
  #ready = false;
  #epoch = "";
  #seen = 0;
  #failures = 0;
  #wasReady = false;
  #token = null;

  constructor(server) {
    super();
    this.conversations = new Kept(`knee-chat:${server.host}`, "localStorage");
    this.drafts = new Kept(`knee-chat:${server.host}`, "sessionStorage");
    this.#pending = this.drafts.read("pending") ?? [];
    this.#token = this.conversations.read("token");
    this.#socket = io(server.origin, {
      autoConnect: false,
      transports: ["websocket", "polling"], // a change of transport half-way has been seen to swallow an answer
      tryAllTransports: true,
      reconnectionDelay: 500,
      reconnectionDelayMax: 5_000,
      timeout: 8_000,
      auth: (give) => give({ token: this.#token, epoch: this.#epoch, after: this.#seen }),
    });
    this.#socket.on("session_confirm", (answer) => this.#confirm(answer));
    this.#socket.on("bot_uttered", (entry) => this.#take(entry));
    this.#socket.on("user_echoed", (entry) => this.#take(entry));
    this.#socket.on("typing", () => this.#tell("typing", true));
    this.#socket.on("turn_ended", (ended) => {
      if (!ended.waiting) this.#tell("typing", false);
      clearTimeout(this.#awaited.get(ended.re));
      this.#awaited.delete(ended.re);
      this.#tell("ended", ended);
    });
    this.#socket.on("connect_error", () => this.#lost());
    this.#socket.on("disconnect", (reason) => {
      this.#lost();
      if (reason === "io server disconnect") this.#socket.connect(); // the library leaves this one to us
    });
    globalThis.addEventListener("online", () => this.#socket.disconnected && this.#socket.connect());
    globalThis.addEventListener("offline", () => this.#lost());
  }

  connect() {
    this.#socket.connect();
  }

  /** Takes a message on; it is sent when the server can be reached. Returns what is to be shown of it. */
  send(message, shown = message) {
    const waiting = { id: newId(), message, shown, locale: navigator.language };
    this.#keepPending([...this.#pending, waiting]);
    this.#flush();
    return { id: waiting.id, from: "person", text: shown };
  }

  get pending() {
    return this.#pending.map(({ id, shown }) => ({ id, from: "person", text: shown }));
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #keepPending(pending) {
    this.#pending = pending;
    this.drafts.write("pending", pending.length ? pending : null);
  }

  #lost() {
    this.#ready = false;
    this.#failures += 1;
    this.#tell("typing", false);
    this.#tell("state", this.#failures >= REFUSED_AFTER && !this.#wasReady ? "refused" : "unreachable");
  }

  #confirm({ token, keep, epoch, missed, typing, tier }) {
    const restarted = this.#epoch !== "" && this.#epoch !== epoch;
    this.#epoch = epoch;
    this.#token = token;
    this.conversations.write("token", keep ? token : null);
    this.#failures = 0;
    this.#ready = this.#wasReady = true;
    const arrived = new Set(missed.map((entry) => entry.id));
    this.#keepPending(this.#pending.filter(({ id }) => !arrived.has(id)));
    if (restarted && missed.length === 0) this.#tell("forgotten");
    if (restarted) this.#seen = 0;
    for (const entry of missed) this.#take(entry);
    if (!typing) this.#tell("inForce", tier);
    this.#tell("state", "connected");
    this.#tell("typing", typing);
    this.#flush();
  }

  #take(entry) {
    this.#seen = Math.max(this.#seen, entry.seq ?? 0);
    this.#tell("entry", entry);
  }

  /** Asks again for what was missed where an answer does not come to its end. */
  #await(id) {
    const catchUp = () => {
      if (!this.#ready) return; // what was missed comes with the next connection
      this.#socket.emit("catch_up", { epoch: this.#epoch, after: 0 }); // the whole log: what is shown already is passed over
      this.#awaited.delete(id);
    };
    this.#awaited.set(id, setTimeout(catchUp, ANSWERED_WITHIN));
  }

  async #flush() {
    if (this.#sending) return;
    this.#sending = true;
    try {
      while (this.#ready && this.#pending.length) {
        const [next] = this.#pending;
        let answer;
        try {
          answer = await this.#socket.timeout(ACKNOWLEDGED_WITHIN).emitWithAck("user_uttered", next);
        } catch {
          answer = { again: true };
        }
        if (answer.again) {
          await new Promise((done) => setTimeout(done, TRY_AGAIN_AFTER));
          continue;
        }
        if (answer.taken) this.#await(next.id);
        this.#keepPending(this.#pending.filter(({ id }) => id !== next.id));
      }
    } finally {
      this.#sending = false;
    }
  }
}
