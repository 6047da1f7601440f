// What runs in the measured page: it notes when which cell shows which number. It only reads the DOM.
//
// `read` is the adapter's source text of `{cells(n): (Element|null)[], value(element, tag): number}`.
// `__b.dom` holds tag, number, time; `__b.paint` says from which entry to which was painted when:
// the first task after the next animation frame.

/** The script for `count` cells; `mode` `poll` reads each frame instead of listening to mutations. */
export function watcher(count, read, mode = 'mutation') {
  return `(${page})(${count}, ${read}, ${JSON.stringify(mode)});`;
}

function page(count, adapter, mode) {
  if (window.top !== window) return;
  const notes = { dom: [], paint: [], long: [], events: [], fcp: null, lcp: null, shift: 0, found: 0, allFound: null, first: null, all: null };
  window.__b = notes;
  // The browser's own, whatever the page puts in its place.
  const nextFrame = window.requestAnimationFrame.bind(window);
  const cells = new Array(count).fill(null);
  const last = new Float64Array(count).fill(-1);
  let byCell = new Map();
  let [missing, seen, painted, frameAsked, looking] = [count, 0, 0, false, false];

  function locate() {
    const found = adapter.cells(count);
    byCell = new Map();
    missing = 0;
    for (let tag = 0; tag < count; tag++) {
      cells[tag] = found[tag] || null;
      if (cells[tag]) byCell.set(cells[tag], tag);
      else missing++;
    }
    notes.found = count - missing;
    if (missing === 0) notes.allFound ??= performance.now();
  }

  function note(tag) {
    if (!cells[tag]) return;
    let number;
    try {
      number = adapter.value(cells[tag], tag);
    } catch {
      return;
    }
    if (!(number > 0) || number === last[tag]) return;
    if (last[tag] < 0) seen++;
    last[tag] = number;
    const time = performance.now();
    notes.dom.push(tag, number, time);
    notes.first ??= time;
    if (seen === count) notes.all ??= time;
  }

  function noteAll() {
    for (let tag = 0; tag < count; tag++) note(tag);
  }

  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    const entries = notes.dom.length / 3;
    if (entries > painted) notes.paint.push(painted, entries, performance.now());
    painted = entries;
  };

  function askFrame() {
    if (frameAsked || notes.dom.length / 3 === painted) return;
    frameAsked = true;
    nextFrame(() => {
      frameAsked = false;
      channel.port2.postMessage(0);
    });
  }

  function lost() {
    if (missing > 0) return true;
    for (let tag = 0; tag < count; tag += Math.max(1, count >> 3)) if (!cells[tag].isConnected) return true;
    return false;
  }

  function mutated(records) {
    const changed = new Set();
    let added = false;
    for (const record of records) {
      if (record.type === 'childList' && record.addedNodes.length > 0) added = true;
      for (let node = record.target, depth = 0; node && depth < 6; depth++, node = node.parentNode) {
        const tag = byCell.get(node);
        if (tag === undefined) continue;
        changed.add(tag);
        break;
      }
    }
    for (const tag of changed) note(tag);
    if (added && !looking && lost()) {
      looking = true;
      nextFrame(() => {
        looking = false;
        locate();
        noteAll();
        askFrame();
      });
    }
    askFrame();
  }

  // Until everything was seen once, and now and then after that, all cells are read.
  function lookAround() {
    if (lost()) locate();
    noteAll();
    askFrame();
    setTimeout(lookAround, notes.all === null ? 15 : 1000);
  }

  function eachFrame() {
    locate();
    noteAll();
    askFrame();
    nextFrame(eachFrame);
  }

  if (mode === 'poll') {
    nextFrame(eachFrame);
  } else {
    new MutationObserver(mutated).observe(document, { subtree: true, childList: true, characterData: true, attributes: !!adapter.attributes });
    setTimeout(lookAround, 0);
  }

  function observe(type, take, more = {}) {
    try {
      new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true, ...more });
    } catch {
      // This browser does not have it.
    }
  }
  observe('longtask', (entry) => notes.long.push(entry.startTime, entry.duration));
  observe('paint', (entry) => entry.name === 'first-contentful-paint' && (notes.fcp = entry.startTime));
  observe('largest-contentful-paint', (entry) => (notes.lcp = entry.startTime));
  observe('layout-shift', (entry) => entry.hadRecentInput || (notes.shift += entry.value));
  observe('event', (entry) => entry.interactionId && notes.events.push(entry.startTime, entry.duration), { durationThreshold: 16 });
}
