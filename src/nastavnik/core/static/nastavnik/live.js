/*
 * Long work: the part marked data-live is fetched anew every so many seconds, until its page says something else.
 *
 * Without this file the page refreshes itself whole.
 */
const part = document.querySelector("[data-live]");

async function look() {
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-live]");
    if (!fresh || answer.redirected) {
      location.reload(); // done or stopped: the whole page says so
      return;
    }
    part.querySelector("progress").replaceWith(fresh.querySelector("progress"));
    for (const words of ["label", "[role=status]"]) {
      part.querySelector(words).textContent = fresh.querySelector(words).textContent;
    }
  } catch {
    // the net is away: try again
  }
  wait();
}

function wait() {
  setTimeout(look, Number(part.dataset.live) * 1000);
}

if (part) wait();
