// What is selected in the page becomes the piece to hide; without this it is typed or pasted.
"use strict";

const piece = document.querySelector("[data-takes-selection]");

document.addEventListener("selectionchange", () => {
  const selection = document.getSelection();
  const main = document.getElementById("content");
  const said = selection.toString().trim();
  const inForm = piece.form.contains(selection.anchorNode);
  if (said && piece.form.parentElement.open && !inForm && main.contains(selection.anchorNode)) {
    piece.value = said;
  }
});
