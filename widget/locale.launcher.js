// Locale catalogue of the launcher: what it says before the chat is loaded. The chat's own is locale.panel.js.
const CATALOGUE = {
  en: { launcher: "Knee spasm chat", cannotLoad: "The chat cannot be loaded. Press to try again." },
  es: { launcher: "Chat: espasmos de rodilla", cannotLoad: "El chat no se pudo cargar. Pulse para reintentar." },
  fr: { launcher: "Chat : spasmes du genou", cannotLoad: "Le chat ne se charge pas. Appuyez pour réessayer." },
  de: { launcher: "Chat: Kniekrämpfe", cannotLoad: "Der Chat lädt nicht. Zum Wiederholen drücken." },
  ar: { launcher: "محادثة: تشنج الركبة", cannotLoad: "تعذر تحميل المحادثة. اضغط للمحاولة مرة أخرى." },
};

/**
 * Returns the launcher's locale for a language tag such as "fr-CA", English for a language that is not here: `lang` and
 * `dir` for the attributes of these names, and every text of the catalogue.
 */
export function launcherLocale(tag) {
  const lang = (tag || "en").slice(0, 2).toLowerCase();
  const known = lang in CATALOGUE ? lang : "en";
  return { lang: known, dir: known === "ar" ? "rtl" : "ltr", ...CATALOGUE[known] };
}
