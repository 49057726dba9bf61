// A small chat page: sends what is typed to the REST channel and shows the answers as text, never as markup.
const log = document.getElementById("log");
const state = document.getElementById("state");
const form = document.getElementById("form");
const field = document.getElementById("message");
const FIRST_LINE_OF_EMERGENCY = /emergency number now/;
const OUT_OF_REACH =
  "I cannot be reached just now. If this could be an emergency, call your local emergency number (999, 112 or 911). " +
  "Otherwise please try again in a moment.";

function newName() {
  const numbers = crypto.getRandomValues(new Uint32Array(4));
  return "page-" + Array.from(numbers, (n) => n.toString(16).padStart(8, "0")).join("");
}

const sender = sessionStorage.getItem("sender") ?? newName();
sessionStorage.setItem("sender", sender);

function show(text, who) {
  const bubble = document.createElement("div");
  bubble.className = `said ${who}`;
  if (who === "bot" && FIRST_LINE_OF_EMERGENCY.test(text)) bubble.classList.add("alarm");
  bubble.textContent = text;
  log.append(bubble);
  return bubble;
}

function offer(buttons) {
  const row = document.createElement("div");
  row.className = "choices";
  for (const { title, payload } of buttons) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = title;
    button.addEventListener("click", () => {
      field.focus();
      send(payload, title);
    });
    row.append(button);
  }
  log.append(row);
}

async function send(message, shown) {
  log.querySelectorAll(".choices").forEach((row) => row.remove());
  const asked = show(shown, "own");
  asked.scrollIntoView({ block: "start" });
  state.textContent = "Typing…";
  try {
    const reply = await fetch("/webhooks/rest/webhook", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ sender, message }),
    });
    if (!reply.ok) throw new Error(`status ${reply.status}`);
    const answers = await reply.json();
    if (answers.length === 0) throw new Error("no answer");
    for (const { text } of answers) if (text) show(text, "bot");
    const buttons = answers.flatMap((answer) => answer.buttons ?? []);
    if (buttons.length) offer(buttons);
  } catch {
    show(OUT_OF_REACH, "bot");
  } finally {
    // the first line of an answer matters most: it stays in view, however long the rest is
    asked.scrollIntoView({ block: "start" });
    state.textContent = "";
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const message = field.value;
  if (!message.trim()) return;
  field.value = "";
  send(message, message);
});

field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});

show(
  "Hello. I answer questions about knee spasms, cramps and twitches. Tell me what is happening, or ask me something.",
  "bot",
);
field.focus();
