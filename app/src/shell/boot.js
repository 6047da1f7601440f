// Before and beside the client: starts it, and keeps what must work even if it never comes or stops.
const root = document.documentElement, { js, wasm, report, cookiePath } = root.dataset;

// At most once a minute: what does not start twice needs a person.
const mayStartAgain = () => {
  try {
    const last = Number(sessionStorage.getItem("gemba.started-again"));
    sessionStorage.setItem("gemba.started-again", String(Date.now()));
    return Math.abs(Date.now() - last) > 60_000;
  } catch {
    return false;
  }
};

// The page has stopped: tells the server why, and says so. One that did not come to life is read anew first:
// nothing was done in it yet.
let isReloading = false;
window.gembaTrouble = (why) => {
  navigator.sendBeacon(report, new URLSearchParams({ page: location.pathname, message: String(why) }));
  isReloading ||= root.dataset.client !== "ready" && mayStartAgain();
  if (isReloading) return location.reload();
  const banner = document.getElementById("g-trouble");
  if (banner) banner.hidden = false;
  root.dataset.client = "failed";
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

const start = () =>
  import(js)
    .then((client) => client.default({ module_or_path: wasm }))
    .catch((why) => window.gembaTrouble(why?.stack || why));

// The page of a share link is read first: what comes to life comes after its first paint, or, where nothing is
// painted (a tab in the background), a second later.
if (js && !("late" in root.dataset)) start();
else if (js) {
  let isStarted = false;
  const once = () => isStarted || ((isStarted = true), start());
  new PerformanceObserver(once).observe({ type: "paint", buffered: true });
  setTimeout(once, 1_000);
}
