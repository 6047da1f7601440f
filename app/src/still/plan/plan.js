
// The planner's board: dragging, moving by keyboard (M, arrows, Enter, Escape), and looking again while a search goes
// on. All of it posts what the dialog posts; without script the dialog does it.
const plan = {
  root: () => document.querySelector("[data-plan]"),
  say: (words) => (plan.root().querySelector("[data-said]").textContent = words),
  // Takes the page that came in place of the one that is there.
  async show(answer) {
    // Its style and script are those of this page.
    const text = await answer.text();
    const main = text.slice(text.indexOf("<main"), text.lastIndexOf("</main>"));
    const next = new DOMParser().parseFromString(main, "text/html").querySelector("[data-plan]");
    if (!next) return location.assign(answer.url);
    const old = plan.root();
    const keep = [".g-plan__scroll", ".g-plan__list", ".g-plan__drawer"].map((at) => [at, old.querySelector(at)?.scrollTop ?? 0, old.querySelector(at)?.scrollLeft ?? 0]);
    old.replaceWith(next);
    for (const [at, top, left] of keep) next.querySelector(at)?.scrollTo(left, top);
    plan.ready();
  },
  async go(url, body, focus) {
    try {
      const answer = await fetch(url, body ? { method: "POST", body } : {});
      if (answer.redirected && !body) return location.assign(answer.url);
      if (body) history.replaceState(null, "", answer.redirected ? answer.url : location.href);
      await plan.show(answer);
      if (focus) document.querySelector(focus)?.focus();
    } catch {
      plan.say(plan.root().dataset.failed);
    }
  },
  // By the clock of the site, as the page says it.
  time: (text) => Date.parse(text + "Z"),
  text: (time) => new Date(time).toISOString().slice(0, 16),
  axis() {
    const { dates, hours } = plan.root().querySelector("[data-dates]").dataset;
    const [first, last] = hours.split("-").map(Number);
    return { dates: dates.split(","), first, last };
  },
  // Per cent of the week to a time, and back; quarters of an hour.
  at(share) {
    const { dates, first, last } = plan.axis();
    const day = Math.min(dates.length - 1, Math.max(0, Math.floor(share * dates.length)));
    const hour = first + Math.min(1, Math.max(0, share * dates.length - day)) * (last - first);
    return plan.time(dates[day] + "T00:00") + Math.round(hour * 4) * 900e3;
  },
  share(time) {
    const { dates, first, last } = plan.axis();
    const begin = plan.time(dates[0] + "T00:00");
    const day = Math.floor((time - begin) / 864e5);
    const hour = (time - begin - day * 864e5) / 36e5;
    return (day + Math.min(1, Math.max(0, (hour - first) / (last - first)))) / dates.length;
  },
  place(job, start, person) {
    const body = new URLSearchParams(plan.root().dataset.place);
    body.set("order", job.dataset.order);
    body.set("seen", job.dataset.seen);
    body.set("from", plan.text(start));
    body.set("hours", String(job.dataset.minutes / 60));
    if (job.dataset.person) body.set("was", job.dataset.person);
    body.append("person", person);
    return plan.go(`${plan.root().dataset.url.split("?")[0]}/place`, body, `.g-plan__job[data-order="${job.dataset.order}"]`);
  },
  // Where it would be put.
  hint(row, start, minutes) {
    document.querySelector(".g-plan__drop")?.remove();
    document.querySelectorAll(".is-target").forEach((other) => other.classList.remove("is-target"));
    if (!row) return;
    const drop = document.createElement("i");
    drop.className = "g-plan__drop";
    const left = plan.share(start);
    drop.style.insetInlineStart = `${100 * left}%`;
    drop.style.inlineSize = `${Math.max(0.6, 100 * (plan.share(start + minutes * 6e4) - left))}%`;
    const words = document.createElement("span");
    words.textContent = plan.text(start).slice(11);
    drop.append(words);
    row.querySelector(".g-plan__lane").append(drop);
    row.classList.add("is-target");
  },
  rows: () => [...document.querySelectorAll("[data-plan] [data-person][role=row]")],
  ready() {
    for (const form of document.querySelectorAll("form[data-auto]")) {
      form.querySelector("[data-plain]").hidden = true;
      form.addEventListener("change", () => form.requestSubmit());
    }
    if (document.querySelector("[data-searching]")) setTimeout(() => document.querySelector("[data-searching]") && plan.go(location.href), 700);
  },
};

let moving = null;

function stopMoving() {
  moving?.job.classList.remove("is-moving");
  plan.hint(null);
  moving = null;
}

function keyed(event) {
  const job = event.target.closest?.("[data-movable]");
  if (!moving) {
    if (!job || event.key.toLowerCase() !== "m" || event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = plan.rows();
    if (!rows.length) return;
    const { dates, first } = plan.axis();
    const start = plan.time(job.dataset.start || `${dates[0]}T${String(first + 2).padStart(2, "0")}:00`);
    const row = rows.find((one) => one.dataset.person === job.dataset.person) ?? rows[0];
    moving = { job, start, row };
    job.classList.add("is-moving");
    plan.say(plan.root().dataset.grabbed.replace("{what}", job.getAttribute("aria-label") ?? job.querySelector("b").textContent));
  } else {
    const rows = plan.rows();
    const step = event.shiftKey ? 864e5 : 36e5;
    const by = { ArrowLeft: -step, ArrowRight: step }[event.key];
    const to = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.key === "Escape") stopMoving();
    else if (event.key === "Enter") {
      const { job: put, start, row } = moving;
      stopMoving();
      plan.place(put, start, row.dataset.person);
    } else if (by) moving.start += by;
    else if (to) moving.row = rows[Math.min(rows.length - 1, Math.max(0, rows.indexOf(moving.row) + to))];
    else return;
  }
  event.preventDefault();
  if (!moving) return;
  plan.hint(moving.row, moving.start, Number(moving.job.dataset.minutes));
  const when = plan.text(moving.start).replace("T", " ");
  if (event.key !== "m") plan.say(plan.root().dataset.dropped.replace("{when}", when).replace("{who}", moving.row.dataset.name));
}

function dragged(event) {
  const job = event.target.closest?.("[data-movable]");
  if (!job || event.button !== 0 || moving) return;
  const box = job.getBoundingClientRect();
  const grip = job.dataset.start ? event.clientX - box.left : 0;
  let to = null;
  const move = (at) => {
    if (!to && Math.hypot(at.clientX - event.clientX, at.clientY - event.clientY) < 5) return;
    at.preventDefault();
    job.classList.add("is-moving");
    const row = document.elementsFromPoint(at.clientX, at.clientY).map((one) => one.closest?.("[data-person][role=row]")).find(Boolean);
    const lane = row?.querySelector(".g-plan__lane").getBoundingClientRect();
    to = lane ? { row, start: plan.at((at.clientX - grip - lane.left) / lane.width) } : {};
    plan.hint(to.row, to.start, Number(job.dataset.minutes));
  };
  const end = (at) => {
    for (const [name, act] of acts) removeEventListener(name, act);
    job.classList.remove("is-moving");
    plan.hint(null);
    if (!to) return;
    // It was a drag and not a click.
    const stop = (click) => (click.preventDefault(), click.stopPropagation());
    addEventListener("click", stop, true);
    setTimeout(() => removeEventListener("click", stop, true), 0);
    if (at.type === "pointerup" && to.row) plan.place(job, to.start, to.row.dataset.person);
  };
  const acts = [["pointermove", move], ["pointerup", end], ["pointercancel", end]];
  for (const [name, act] of acts) addEventListener(name, act);
}

if (plan.root()) {
  plan.ready();
  addEventListener("keydown", keyed);
  addEventListener("pointerdown", dragged);
  addEventListener("dragstart", (event) => event.target.closest?.("[data-movable]") && event.preventDefault());
}
