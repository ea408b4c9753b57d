// What HTML cannot: take the secret out of a link's fragment, show a password, copy a link.
"use strict";

function takeCode() {
  const code = document.getElementById("code");
  const secret = location.hash.slice(1);
  if (!code || !/^[\w-]{20,64}$/.test(secret)) return;
  code.value = secret;
  document.getElementById("typed").hidden = true;
  // Not even the history of this browser keeps it.
  history.replaceState(null, "", location.pathname);
  document.getElementById("password").focus();
}

addEventListener("hashchange", takeCode);
takeCode();

for (const box of document.querySelectorAll("[data-shows]")) {
  box.closest(".show").hidden = false;
  const fields = box.dataset.shows.split(" ").map((id) => document.getElementById(id));
  const show = (shown) => fields.forEach((field) => { field.type = shown ? "text" : "password"; });
  box.addEventListener("change", () => show(box.checked));
  // Sent as a password again, so that no browser keeps it among what was typed into text fields.
  box.form.addEventListener("submit", () => show(false));
}

for (const button of document.querySelectorAll("[data-copies]")) {
  if (!navigator.clipboard) continue; // only where the page came over HTTPS, or from this machine
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).value);
    button.textContent = button.dataset.copied;
    document.getElementById("said").textContent = button.dataset.copied;
  });
}
