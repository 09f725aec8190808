/*
 * Keys: / to the search, g and a letter to a section, ? to the list of keys, Esc clears the search.
 *
 * Addresses and fields come from data- attributes of the page; without this file everything is there by
 * link and button. Letters are read by their place when the layout is not Latin: on a Russian keyboard
 * «п» then «е» is g then t.
 */
const PAUSE_MS = 1500;
const TYPED = "textarea, select, input:not([type=checkbox], [type=radio], [type=submit], [type=button])";

const isTyping = (target) =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches(TYPED));
const letterOf = (event) =>
  /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : event.code.replace(/^Key/, "").toLowerCase();
const signOf = (event) => {
  if (event.key === "/" || event.key === "?") return event.key;
  // the key of the slash on a Russian layout
  if (event.code === "Slash" && ".,".includes(event.key)) return event.shiftKey ? "?" : "/";
  return "";
};
const isSeen = (element) => element.getClientRects().length > 0;

let waitsUntil = 0;

function clear(field, event) {
  event.preventDefault();
  if (field.value) field.value = "";
  else field.blur();
}

function toSearch(event) {
  const field = [...document.querySelectorAll("[data-find]")].find(isSeen);
  const page = document.querySelector("[data-find-page]");
  if (!field && !page) return;
  event.preventDefault(); // or the sign would be typed into the field
  if (field) {
    field.focus();
    field.select();
  } else page.click();
}

function toSection(letter) {
  // a link of the menu works by click even where the menu is folded away
  const link = letter.length === 1 && document.querySelector(`[data-go="${CSS.escape(letter)}"]`);
  if (link) link.click();
  return Boolean(link);
}

function onKey(event) {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Escape" && event.target.matches?.("[data-find]")) clear(event.target, event);
  if (isTyping(event.target)) return;
  const sign = signOf(event);
  const letter = letterOf(event);
  const now = performance.now();
  const isWaiting = now < waitsUntil;
  if (event.key !== "Shift") waitsUntil = 0;
  if (sign === "/") toSearch(event);
  else if (sign === "?") document.querySelector("[data-keys-page]")?.click();
  else if (isWaiting && toSection(letter)) event.preventDefault();
  else if (letter === "g" && !event.repeat) waitsUntil = now + PAUSE_MS;
}

if ("keys" in document.body.dataset) document.addEventListener("keydown", onKey);
