/* What every page does: texts, numbers, elements, the switch between light and dark. */
window.gaodu = (function () {
  "use strict";
  const html = document.documentElement;
  const english = html.lang === "en";
  const texts = JSON.parse(document.getElementById("texts").textContent);
  const root = html.dataset.root;

  /** The text for `key` in the page's language. */
  function text(key) {
    return texts[key] || key;
  }

  /** `value` with thousands separators and `decimals` digits after the point. */
  function number(value, decimals) {
    return value.toLocaleString(english ? "en" : "zh-CN", {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    });
  }

  /** An element; `content` is a text (never read as HTML), an element or a list of these. */
  function element(tag, attributes, content) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      made.setAttribute(name, value);
    }
    made.append(...[].concat(content === undefined || content === null ? [] : content));
    return made;
  }

  /** The JSON at `path` of our own service; a refusal is thrown as an Error that says it in the page's language. */
  async function json(path, options) {
    const response = await fetch(root + path, options);
    const body = await response.json().catch(() => ({}));
    if (!response.ok) {
      const said = english ? [body.en, body.remedy_en] : [body.zh, body.remedy_zh];
      throw new Error(said.filter(Boolean).join(" ") || `${text("failed")} (${response.status})`);
    }
    return body;
  }

  function switchTheme() {
    const theme = html.dataset.theme === "dark" ? "light" : "dark";
    html.dataset.theme = theme;
    window.localStorage.setItem("theme", theme);
    document.dispatchEvent(new CustomEvent("gaodu:theme"));
  }

  document.querySelectorAll("[data-switch-theme]").forEach((button) => button.addEventListener("click", switchTheme));
  return { english, text, number, element, json, root, muPerM2: texts.mu_per_m2 };
})();
