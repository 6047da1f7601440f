// Beside pages that the server alone draws. Everything here has a button that works without.
const show = (form) => form.requestSubmit(form.querySelector("[formtarget]"));

for (const form of document.querySelectorAll("[data-preview]")) {
  form.addEventListener("change", (event) => event.target.name !== "purpose" && show(form));
  show(form);
}

addEventListener("click", (event) => event.target.closest?.("[data-print]") && print());

// Where copying may not be asked for (a page without TLS), what is to be copied is chosen and copied as by hand.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    const done = await (navigator.clipboard?.writeText(field.value) ?? Promise.reject()).then(
      () => true,
      () => document.execCommand("copy"),
    );
    if (done) button.textContent = button.dataset.done;
  });
}
