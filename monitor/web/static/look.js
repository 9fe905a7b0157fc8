// Waits until a look at a source is done, then loads the page that shows what came of it.
const place = document.querySelector("[data-look]");
const PAUSE = 700;

async function wait() {
  try {
    const answer = await fetch(place.dataset.look);
    if (!answer.ok || (await answer.json()).done) {
      location.reload();
      return;
    }
  } catch {
    // The server is away for a moment; the next try says more.
  }
  setTimeout(wait, PAUSE);
}

if (place) setTimeout(wait, PAUSE);
