// Before and beside the client: starts it, and keeps what must work even if it never comes or stops.
const root = document.documentElement, { js, wasm, report, cookiePath } = root.dataset;

// The page has stopped: says so, and tells the server why.
window.gembaTrouble = (why) => {
  const banner = document.getElementById("g-trouble");
  if (banner) banner.hidden = false;
  root.dataset.client = "failed";
  navigator.sendBeacon(report, new URLSearchParams({ page: location.pathname, message: String(why) }));
};

addEventListener("click", (event) => {
  const at = event.target;
  if (at.closest?.("[data-reload]")) location.reload();
  for (const open of document.querySelectorAll("details[data-drop][open]"))
    if (!open.contains(at) || at.closest("a")) open.open = false;
});

addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll("details[data-drop][open]")) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});

// The theme changes at once; the cookie makes the next page come in it.
addEventListener("submit", (event) => {
  const form = event.target.closest("[data-theme-form]"), theme = event.submitter?.value;
  if (!form || !theme) return;
  event.preventDefault();
  root.dataset.theme = theme;
  document.cookie = `gemba_theme=${theme};path=${cookiePath};max-age=31536000;samesite=lax`;
  for (const button of form.elements) button.ariaPressed = button === event.submitter;
  form.closest("details").open = false;
});

if (js)
  import(js)
    .then((client) => client.default({ module_or_path: wasm }))
    .then(() => (root.dataset.client = "ready"), (why) => window.gembaTrouble(why?.stack || why));
