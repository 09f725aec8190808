/*
 * Tables with boxes: tick all of the page, see how many are ticked, here and on the other pages of the list.
 *
 * The box «all» is hidden in the page and appears only here; without this file each row is ticked by itself.
 */
for (const bar of document.querySelectorAll("[data-ticks]")) {
  const all = bar.querySelector("[data-tick-all]");
  const count = bar.querySelector("[data-ticked]");
  const pages = bar.querySelector("[data-ticked-pages]");
  const name = bar.dataset.ticks;
  const boxes = () => [...document.getElementsByName(name)].filter((box) => box.type === "checkbox");

  const show = () => {
    const found = boxes();
    const ticked = found.filter((box) => box.checked);
    count.value = ticked.length + Number(bar.dataset.elsewhere ?? 0);
    if (pages) pages.value = Number(bar.dataset.pages) + (ticked.length > 0);
    all.checked = found.length > 0 && ticked.length === found.length;
    all.indeterminate = ticked.length > 0 && ticked.length < found.length;
    for (const box of found) box.closest("tr")?.classList.toggle("picked", box.checked);
  };

  all.addEventListener("change", () => {
    for (const box of boxes()) box.checked = all.checked;
    show();
  });
  document.addEventListener("change", (event) => {
    if (event.target.name === name) show();
  });
  addEventListener("pageshow", show); // the browser fills boxes in again on the way back
  show();
  bar.hidden = false;
  all.closest("label").hidden = false;
}
