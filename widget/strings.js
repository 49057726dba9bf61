// What the launcher says before the chat is loaded, by language. The chat's own words are in words.js.
const LAUNCHER = {
  en: { launcher: "Knee spasm chat", cannotLoad: "The chat cannot be loaded. Press to try again." },
  es: { launcher: "Chat: espasmos de rodilla", cannotLoad: "El chat no se pudo cargar. Pulse para reintentar." },
  fr: { launcher: "Chat : spasmes du genou", cannotLoad: "Le chat ne se charge pas. Appuyez pour réessayer." },
  de: { launcher: "Chat: Kniekrämpfe", cannotLoad: "Der Chat lädt nicht. Zum Wiederholen drücken." },
  ar: { launcher: "محادثة: تشنج الركبة", cannotLoad: "تعذر تحميل المحادثة. اضغط للمحاولة مرة أخرى." },
};

/** Returns the launcher's words for a language tag such as "fr-CA"; English where we have none. */
export function strings(tag) {
  const lang = (tag || "en").slice(0, 2).toLowerCase();
  const known = lang in LAUNCHER ? lang : "en";
  return { lang: known, dir: known === "ar" ? "rtl" : "ltr", ...LAUNCHER[known] };
}
