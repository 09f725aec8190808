/*
 * Crops: a figure says which box is marked and goes on to the next picture, Space says that nothing is, Backspace goes back.
 * Where several may be marked Space ticks the box it stands on, as everywhere, and the minus says that nothing is.
 *
 * Without this file Tab, the arrows, Space and Enter of the browser do the same.
 */
const form = document.querySelector("[data-crops]");
const items = form ? [...form.querySelectorAll("[data-item]")] : [];
const WRITTEN = "textarea, select, input:not([type=radio], [type=checkbox])";

function standIn(item) {
  const field =
    item?.querySelector("input:checked") ??
    item?.querySelector("input, select, textarea") ??
    form.querySelector("[type=submit]");
  field.focus();
  item?.scrollIntoView({ block: "nearest" });
}

function onKey(event) {
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey || event.target.matches(WRITTEN)) return;
  const item = event.target.closest("[data-item]");
  if (!item || !/^([-0-9 ]|Backspace)$/.test(event.key)) return;
  if (event.key === " " && event.target.type === "checkbox") return;
  event.preventDefault();
  const place = items.indexOf(item);
  if (event.key === "Backspace") {
    standIn(items[Math.max(place - 1, 0)]);
    return;
  }
  const key = event.key === "-" ? " " : event.key;
  const box = item.querySelector(`[data-key="${key}"]`);
  if (!box) return;
  const isOneOfMany = box.type === "checkbox" && key !== " ";
  box.checked = isOneOfMany ? !box.checked : true;
  if (isOneOfMany) box.focus();
  else standIn(items[place + 1]);
}

if (form) {
  form.addEventListener("keydown", onKey);
  standIn(items[0]);
}
