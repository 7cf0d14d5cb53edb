// Keeps the counts of a campaign or an import fresh. Without it the page refreshes itself every few seconds.
(() => {
  "use strict";
  const EVERY = 2000; // milliseconds
  const SPEAK = 10000; // at most this often, so that a screen reader is not talked over
  const live = document.getElementById("live");
  const said = document.getElementById("said");
  if (!live) return;
  const key = live.firstElementChild.dataset.key;
  let spoken = 0;

  function speak(summary) {
    if (said.textContent === summary || Date.now() - spoken < SPEAK) return;
    spoken = Date.now();
    said.textContent = summary;
  }

  function replace(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
    if (!fresh || !fresh.dataset.key) return false;
    if (fresh.dataset.key !== key) { location.reload(); return false; } // the buttons around must change too
    if (fresh.outerHTML !== live.firstElementChild.outerHTML) {
      const held = live.contains(document.activeElement) ? document.activeElement : null;
      const mark = held && (held.id ? "#" + held.id : held.getAttribute("href") && `a[href="${held.getAttribute("href")}"]`);
      live.replaceChildren(fresh);
      if (mark) { const again = live.querySelector(mark); if (again) again.focus({ preventScroll: true }); }
    }
    if (fresh.dataset.moving !== "yes") { spoken = 0; }
    speak(fresh.dataset.summary);
    return fresh.dataset.moving === "yes";
  }

  async function look() {
    let more = true;
    if (!document.hidden) {
      try {
        const answer = await fetch(live.dataset.from, { credentials: "same-origin", redirect: "manual" });
        if (answer.type === "opaqueredirect") { location.reload(); return; } // signed out meanwhile
        if (answer.ok) more = replace(await answer.text());
      } catch { /* the server is away for a moment: the next look may find it */ }
    }
    if (more) setTimeout(look, EVERY);
  }

  setTimeout(look, EVERY);
})();
