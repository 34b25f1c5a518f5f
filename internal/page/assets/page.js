// Looks again at the part of the page that changes, whenever the server says that something has. Without it the page is
// read as it stands.
"use strict";
(() => {
  const main = document.getElementById("topology");
  const connection = document.getElementById("connection");
  let busy = false, again = false, shown = "";

  // What somebody has opened and where they are stay as they are.
  function show(html) {
    const open = [...main.querySelectorAll("details[open]")].map((d) => d.id);
    const at = main.contains(document.activeElement) ? document.activeElement.id : "";
    const scrolled = [...main.querySelectorAll(".scroll")].map((s) => s.scrollLeft);
    main.innerHTML = html;
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    main.querySelectorAll(".scroll").forEach((s, i) => { s.scrollLeft = scrolled[i] ?? 0; });
    if (at) document.getElementById(at)?.focus({ preventScroll: true });
  }

  async function look() {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch(main.dataset.fragment);
      const html = await answer.text();
      if (html !== shown && (answer.headers.get("Content-Type") || "").startsWith("text/html")) show(shown = html);
      connection.textContent = "Up to date, and follows changes";
    } catch {
      connection.textContent = "Not connected; what is shown may be old";
    } finally {
      busy = false;
      if (again) { again = false; look(); }
    }
  }

  const events = new EventSource("/events");
  events.addEventListener("changed", look);
  events.onerror = () => { connection.textContent = "Not connected; what is shown may be old"; };
})();
