// Escape closes an open reading (WCAG 1.4.13). Without this script a reading is closed by its ×, by pointing
// elsewhere and by going on with the keyboard; nothing else on the pages is done by a script.
"use strict";

const reopened = (event) => {
  const claim = event.target.closest(".claim");
  if (claim && !claim.contains(event.relatedTarget)) claim.classList.remove("closed");
};

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const reading of document.querySelectorAll(".claim:not(.closed) > .reading")) {
    if (getComputedStyle(reading).display === "none") continue;
    const claim = reading.parentElement;
    // Who stands on a link inside goes back to the figure.
    if (reading.contains(document.activeElement)) claim.querySelector("mark a").focus();
    claim.classList.add("closed");
  }
});
document.addEventListener("pointerover", reopened);
document.addEventListener("focusin", reopened);
document.addEventListener("click", (event) => {
  const figure = event.target.closest(".claim mark a");
  if (figure) figure.closest(".claim").classList.remove("closed");
});
// The list beside the text leads to a figure, whose reading then shows.
window.addEventListener("hashchange", () => {
  const figure = document.getElementById(location.hash.slice(1));
  if (figure && figure.closest(".claim")) figure.closest(".claim").classList.remove("closed");
});
