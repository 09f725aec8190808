/*
 * Matching: a mentee dragged onto another mentor's card is put together with that mentor, as the button «put together»
 * does; the page that asks for the reason comes next.
 *
 * Only a shorter way for a hand on a mouse: by keyboard, on a phone and without this file the buttons do the same.
 */
const form = document.getElementById("drop");
let dragged = null;

const cardOf = (target) => (target instanceof Element ? target.closest("[data-mentor]") : null);
const isOther = (card) => card !== null && dragged !== null && !card.contains(dragged);

function begin(event) {
  dragged = event.currentTarget.closest("[data-mentee]");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", event.currentTarget.innerText.trim());
}

function over(event) {
  for (const card of document.querySelectorAll(".drop-here")) card.classList.remove("drop-here");
  const card = cardOf(event.target);
  if (!isOther(card)) return;
  event.preventDefault(); // the browser's way to say that it may be dropped here
  card.classList.add("drop-here");
}

function drop(event) {
  const card = cardOf(event.target);
  if (!isOther(card)) return;
  event.preventDefault();
  form.elements.mentee.value = dragged.dataset.mentee;
  form.elements.mentor.value = card.dataset.mentor;
  form.requestSubmit();
}

function end() {
  dragged = null;
  for (const card of document.querySelectorAll(".drop-here")) card.classList.remove("drop-here");
}

if (form) {
  for (const chip of document.querySelectorAll("[data-mentee] > .chip")) {
    chip.draggable = true;
    chip.addEventListener("dragstart", begin);
  }
  document.addEventListener("dragover", over);
  document.addEventListener("drop", drop);
  document.addEventListener("dragend", end);
}
