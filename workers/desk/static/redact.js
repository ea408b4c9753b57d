// What is selected in the page becomes the piece to hide; without this it is typed or pasted.
"use strict";

const piece = document.querySelector("[data-takes-selection]");

// Words are hidden whole: one that is selected in part is taken whole.
function selected(selection) {
  const said = selection.toString();
  const range = selection.getRangeAt(0);
  const before = range.startContainer.textContent.slice(0, range.startOffset);
  const after = range.endContainer.textContent.slice(range.endOffset);
  const head = /^[\p{L}\p{N}]/u.test(said) ? before.match(/[\p{L}\p{N}]*$/u)[0] : "";
  const tail = /[\p{L}\p{N}]$/u.test(said) ? after.match(/^[\p{L}\p{N}]*/u)[0] : "";
  return (head + said + tail).trim();
}

document.addEventListener("selectionchange", () => {
  const selection = document.getSelection();
  const main = document.getElementById("content");
  const form = piece.form;
  const open = form.closest("details").open;
  if (open && !selection.isCollapsed && main.contains(selection.anchorNode)
      && !form.contains(selection.anchorNode)) {
    piece.value = selected(selection);
  }
});
