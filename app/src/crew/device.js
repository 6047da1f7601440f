// What the tablet itself does for the program: its store, its keys, its camera, the network. Everything here is a call
// of the browser that takes or gives plain text; what it means is decided in Rust. `cargo xtask web` puts this file
// before the program in one external module, since a page without a network cannot ask for a nonce.
(() => {
  const STORES = ['kept', 'items', 'photos'];
  let opened;
  const done = (request) => new Promise((yes, no) => {
    request.onsuccess = () => yes(request.result);
    request.onerror = () => no(request.error);
  });
  const ended = (change) => new Promise((yes, no) => {
    change.oncomplete = () => yes();
    change.onabort = () => no(change.error ?? new DOMException('', 'AbortError'));
    change.onerror = () => no(change.error);
  });
  const store = () => opened ??= new Promise((yes, no) => {
    const request = indexedDB.open('gemba-crew', 1);
    request.onupgradeneeded = () => STORES.forEach((name) => request.result.createObjectStore(name));
    request.onsuccess = () => {
      const base = request.result;
      base.onversionchange = () => { base.close(); opened = undefined; };
      base.onclose = () => { opened = undefined; };
      yes(base);
    };
    request.onerror = () => { opened = undefined; no(request.error); };
  });
  // Strict: what is said to be saved is on the disk.
  const change = async (names, work) => {
    const run = (await store()).transaction(names, 'readwrite', { durability: 'strict' });
    const end = ended(run);
    work(run);
    await end;
  };
  const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const text = new TextEncoder();
  const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
  const unbase64 = (words) => Uint8Array.from(atob(words), (sign) => sign.charCodeAt(0));
  const pinKey = async (pin, salt) => {
    const whole = await crypto.subtle.importKey('raw', text.encode(pin), 'PBKDF2', false, ['deriveKey']);
    const how = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: 600000 };
    return crypto.subtle.deriveKey(how, whole, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  };
  // Pictures that are taken and whose item is not saved yet.
  const taken = new Map();
  const take = async (blob) => {
    const bytes = await blob.arrayBuffer();
    const hash = hex(await crypto.subtle.digest('SHA-256', bytes));
    taken.set(hash, bytes);
    return JSON.stringify({ hash, bytes: bytes.byteLength });
  };
  const jpeg = (canvas, quality) => new Promise((yes) => canvas.toBlob(yes, 'image/jpeg', quality));
  const drawn = (image, longest) => {
    const by = Math.min(1, longest / Math.max(image.width, image.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(image.width * by));
    canvas.height = Math.max(1, Math.round(image.height * by));
    canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas;
  };
  let lamp, eye, seeing, version;

  globalThis.gembaDevice = {
    now: () => Date.now(),
    random: () => hex(crypto.getRandomValues(new Uint8Array(16))),
    isSecure: () => isSecureContext && Boolean(crypto.subtle),
    get: async (name) => await done((await store()).transaction('kept').objectStore('kept').get(name)) ?? '',
    set: (name, value) => change(['kept'], (run) => run.objectStore('kept').put(value, name)),
    items: async () => JSON.stringify((await done((await store()).transaction('items').objectStore('items').getAll())).map((item) => JSON.parse(item))),
    // An item with its photos, or nothing of it.
    keep: async (items, photos, gone) => {
      const hashes = JSON.parse(photos);
      await change(['items', 'photos'], (run) => {
        for (const item of JSON.parse(items)) run.objectStore('items').put(JSON.stringify(item), item.item.key);
        for (const key of JSON.parse(gone)) run.objectStore('items').delete(key);
        for (const hash of hashes) if (taken.has(hash)) run.objectStore('photos').put(taken.get(hash), hash);
      });
      for (const hash of hashes) taken.delete(hash);
    },
    dropPhoto: (hash) => change(['photos'], (run) => run.objectStore('photos').delete(hash)),
    photo: async (hash) => {
      const bytes = taken.get(hash) ?? await done((await store()).transaction('photos').objectStore('photos').get(hash));
      return bytes ? URL.createObjectURL(new Blob([bytes], { type: 'image/jpeg' })) : '';
    },
    erase: async () => {
      sessionStorage.clear();
      (await opened)?.close();
      opened = undefined;
      await new Promise((yes) => {
        const request = indexedDB.deleteDatabase('gemba-crew');
        request.onsuccess = request.onerror = request.onblocked = yes;
      });
      for (const name of await globalThis.caches?.keys() ?? []) if (name.startsWith('gemba')) await caches.delete(name);
    },
    seal: async (pin, secret) => {
      const [salt, nonce] = [16, 12].map((count) => crypto.getRandomValues(new Uint8Array(count)));
      const hidden = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, await pinKey(pin, salt), text.encode(secret));
      return JSON.stringify({ salt: base64(salt), nonce: base64(nonce), hidden: base64(hidden) });
    },
    unseal: async (pin, sealed) => {
      const { salt, nonce, hidden } = JSON.parse(sealed);
      const key = await pinKey(pin, unbase64(salt));
      return new TextDecoder().decode(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: unbase64(nonce) }, key, unbase64(hidden)));
    },
    // Kept until the tab is closed, so that reading the page anew does not ask for the PIN.
    remember: (value) => value ? sessionStorage.setItem('gemba-seat', value) : sessionStorage.removeItem('gemba-seat'),
    remembered: () => sessionStorage.getItem('gemba-seat') ?? '',
    ask: async (method, path, secret, body, millis) => {
      const began = performance.now();
      const headers = { ...(body && { 'content-type': 'application/json' }), ...(secret && { authorization: `Bearer ${secret}` }) };
      const answer = await fetch(path, { method, headers, body: body || undefined, cache: 'no-store', signal: AbortSignal.timeout(millis) });
      return JSON.stringify({ status: answer.status, text: await answer.text(), millis: Math.round(performance.now() - began) });
    },
    sendPhoto: async (path, hash, secret) => {
      const bytes = taken.get(hash) ?? await done((await store()).transaction('photos').objectStore('photos').get(hash));
      if (!bytes) return 404;
      const answer = await fetch(path, { method: 'PUT', headers: { authorization: `Bearer ${secret}`, 'content-type': 'image/jpeg' }, body: bytes, signal: AbortSignal.timeout(60000) });
      return answer.status;
    },
    shrink: async (input) => {
      const file = input.files?.[0];
      if (!file) return '';
      const image = await createImageBitmap(file);
      for (const longest of [1600, 1200, 800]) {
        const canvas = drawn(image, longest);
        for (const quality of [0.85, 0.7, 0.5]) {
          const blob = await jpeg(canvas, quality);
          if (blob && blob.size <= 400000) { input.value = ''; return take(blob); }
        }
      }
      throw new DOMException('', 'DataError');
    },
    // Draws with a finger; `signed` tells whether anything was drawn and keeps it.
    signature: (canvas) => {
      const pen = canvas.getContext('2d');
      const box = canvas.getBoundingClientRect();
      canvas.width = box.width * 2;
      canvas.height = box.height * 2;
      pen.fillStyle = 'white';
      pen.fillRect(0, 0, canvas.width, canvas.height);
      Object.assign(pen, { lineWidth: 5, lineCap: 'round', lineJoin: 'round', strokeStyle: 'black' });
      canvas.marks = 0;
      const at = (event) => { const now = canvas.getBoundingClientRect(); return [(event.clientX - now.left) * 2, (event.clientY - now.top) * 2]; };
      canvas.onpointerdown = (event) => { canvas.setPointerCapture(event.pointerId); pen.beginPath(); pen.moveTo(...at(event)); event.preventDefault(); };
      canvas.onpointermove = (event) => { if (event.buttons) { pen.lineTo(...at(event)); pen.stroke(); canvas.marks += 1; } };
    },
    signed: async (canvas) => canvas.marks ? take(await jpeg(canvas, 0.8)) : '',
    persist: async () => Boolean(await navigator.storage?.persist?.()),
    wake: async (isOn) => {
      if (!isOn) { await lamp?.release(); lamp = undefined; return false; }
      lamp = await navigator.wakeLock?.request('screen');
      return Boolean(lamp);
    },
    canScan: async () => 'BarcodeDetector' in globalThis && (await BarcodeDetector.getSupportedFormats()).includes('qr_code') && Boolean(navigator.mediaDevices),
    look: async (video, found) => {
      seeing = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
      video.srcObject = seeing;
      await video.play();
      const detector = new BarcodeDetector({ formats: ['qr_code', 'data_matrix'] });
      eye = setInterval(async () => {
        const [code] = await detector.detect(video).catch(() => []);
        if (code && eye) found(code.rawValue);
      }, 250);
    },
    lookAway: () => {
      clearInterval(eye);
      eye = undefined;
      seeing?.getTracks().forEach((track) => track.stop());
      seeing = undefined;
    },
    save: (name, content) => {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([content], { type: 'application/json' }));
      link.download = name;
      link.click();
    },
    worker: async (path, scope, ready) => {
      const registration = await navigator.serviceWorker?.register(path, { scope });
      if (!registration) return;
      const waits = (worker) => worker?.addEventListener('statechange', () => {
        if (worker.state === 'installed' && navigator.serviceWorker.controller) { version = worker; ready(); }
      });
      if (registration.waiting && navigator.serviceWorker.controller) { version = registration.waiting; ready(); }
      waits(registration.installing);
      registration.addEventListener('updatefound', () => waits(registration.installing));
    },
    renew: () => {
      const again = () => location.reload();
      if (!version) return again();
      navigator.serviceWorker.addEventListener('controllerchange', again, { once: true });
      version.postMessage('take');
      setTimeout(again, 2000);
    },
    update: async () => { await (await navigator.serviceWorker?.getRegistration())?.update(); },
  };
})();
