/* Light or dark: what the reader chose, before the page is drawn. */
(function () {
  "use strict";
  const chosen = window.localStorage.getItem("theme");
  const dark = chosen ? chosen === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
