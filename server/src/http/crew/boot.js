// Brings the tablet's program to life: an external file, since what a tablet keeps can carry no nonce.
const { js, wasm } = document.documentElement.dataset;
const { default: init } = await import(js);
await init({ module_or_path: wasm });
