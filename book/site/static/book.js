// Small repairs that need a running page. Everything else is done when the book is built.
"use strict";

// Opened as a file, a page may not read other pages: search then lists titles without excerpts.
if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS !== "undefined") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

document.addEventListener("DOMContentLoaded", () => {
  // What scrolls sideways can be reached and scrolled by keyboard.
  const scrolling = ".bd-article :is(pre, .pst-scrollable-table-container, div.math, .book-wide, .output.text_html, .book-demo)";
  const mark = () => {
    for (const box of document.querySelectorAll(scrolling)) {
      if (box.scrollWidth > box.clientWidth + 1) {
        box.tabIndex = 0;
      } else if (!box.matches("pre")) {
        box.removeAttribute("tabindex");
      }
    }
  };
  // A formula in a line of text that is wider than the line gets a line of its own, which scrolls.
  const widen = () => {
    for (const formula of document.querySelectorAll(".bd-article mjx-container:not([display])")) {
      formula.classList.remove("book-wide");
      const room = formula.parentElement.closest("p, li, dd, td, th, figcaption");
      if (room && !room.closest("table") && formula.offsetWidth > room.clientWidth) formula.classList.add("book-wide");
    }
  };
  let waiting;
  addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(() => { widen(); mark(); }, 200); });
  addEventListener("load", () => {
    mark();
    window.MathJax?.startup?.promise?.then(() => { widen(); mark(); });
  });
});
