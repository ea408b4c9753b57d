// Copy buttons beside the exports. Without this script the texts can still be selected by hand.
"use strict";
const said = document.getElementById("copied");
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const box = document.getElementById(button.dataset.copy);
    box.select();
    try {
      await navigator.clipboard.writeText(box.value);
    } catch {
      return; // not over plain HTTP from elsewhere: the text is selected, Ctrl+C copies it
    }
    said.textContent = said.dataset.text;
    setTimeout(() => { said.textContent = ""; }, 2000);
  });
}
