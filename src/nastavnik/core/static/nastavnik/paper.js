/*
 * Paper: a figure marks the answer of the question one stands in and goes on to the next one; minus takes a mark away,
 * Ctrl and Enter save from a story. Several answers are marked one after another, so there Tab goes on.
 *
 * Without this file Tab, the arrows, Space and Enter of the browser do the same.
 */
const form = document.querySelector("[data-typed]");
const items = form ? [...form.querySelectorAll("[data-item]")] : [];
const WRITTEN = "textarea, select, input:not([type=radio], [type=checkbox])";

function standIn(item) {
  const field =
    item?.querySelector("input:checked") ??
    item?.querySelector("input, select, textarea") ??
    form.querySelector("[type=submit]");
  field.focus();
  field.scrollIntoView({ block: "nearest" });
}

function onKey(event) {
  if (event.key === "Enter" && event.ctrlKey) form.requestSubmit();
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey || event.target.matches(WRITTEN)) return;
  const item = event.target.closest("[data-item]");
  const key = event.key === "Backspace" ? "-" : event.key;
  if (!item || !/^[0-9-]$/.test(key)) return;
  const box = item.querySelector(`[data-key="${key}"]`);
  if (!box) return;
  event.preventDefault(); // Backspace leads back in some browsers
  if (box.type === "checkbox") {
    box.checked = !box.checked;
    box.focus();
  } else {
    box.checked = true;
    if (key === "-") box.focus();
    else standIn(items[items.indexOf(item) + 1]);
  }
}

if (form) {
  form.addEventListener("keydown", onKey);
  if (!document.getElementById("faults")) standIn(items[0]);
}
