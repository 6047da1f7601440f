// Beside pages that the server alone draws. Everything here has a button that works without.
const show = (form) => form.requestSubmit(form.querySelector("[formtarget]"));

for (const form of document.querySelectorAll("[data-preview]")) {
  form.addEventListener("change", (event) => event.target.name !== "purpose" && show(form));
  show(form);
}

addEventListener("click", (event) => event.target.closest?.("[data-print]") && print());
