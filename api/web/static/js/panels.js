/* The panels beside the map: tabs, and the charts of statistics that the server wrote as data. */
(function () {
  "use strict";
  const { number, text } = window.gaodu;
  const ROW_PX = 24;

  /* ---- tabs ---- */

  function choose(name) {
    document.querySelectorAll("[role=tab]").forEach((tab) => {
      const chosen = tab.dataset.tab === name;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !chosen;
    });
    draw();
  }

  function step(event) {
    const tabs = [...document.querySelectorAll("[role=tab]")].filter((tab) => tab.offsetParent);
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by && event.target.matches("[role=tab]")) {
      const next = tabs[(tabs.indexOf(event.target) + by + tabs.length) % tabs.length];
      choose(next.dataset.tab);
      next.focus();
    }
  }

  /* ---- charts ---- */

  function options(data, dark) {
    const ink = dark ? "#d5dcd8" : "#24312c";
    return {
      animation: false,
      backgroundColor: "transparent",
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: ink },
      grid: { left: 4, right: 76, top: 4, bottom: 4, containLabel: true },
      xAxis: { type: "value", show: false },
      yAxis: {
        type: "category", inverse: true, data: data.names, axisTick: { show: false }, axisLine: { show: false },
        axisLabel: { color: ink, width: 96, overflow: "truncate" },
      },
      series: [
        {
          type: "bar",
          barMaxWidth: 16,
          data: data.values.map((value, place) => ({ value, itemStyle: { color: data.colours[place], borderRadius: [0, 2, 2, 0] } })),
          label: { show: true, position: "right", color: ink, formatter: (bar) => number(bar.value, data.decimals) },
        },
      ],
    };
  }

  function draw() {
    document.querySelectorAll("[data-chart]").forEach((box) => {
      if (!box.offsetParent) {
        return;
      }
      const data = JSON.parse(box.dataset.chart);
      box.style.height = `${data.names.length * ROW_PX + 8}px`;
      const chart = echarts.getInstanceByDom(box) || echarts.init(box, null, { renderer: "svg" });
      chart.resize();
      chart.setOption(options(data, document.documentElement.dataset.theme === "dark"));
    });
  }

  document.querySelectorAll("[role=tab]").forEach((tab) => tab.addEventListener("click", () => choose(tab.dataset.tab)));
  document.addEventListener("keydown", step);
  document.addEventListener("gaodu:tab", (event) => choose(event.detail));
  document.addEventListener("gaodu:theme", draw);
  document.addEventListener("htmx:afterSwap", draw);
  document.addEventListener("htmx:responseError", (event) => {
    event.detail.target.replaceChildren(window.gaodu.element("p", { class: "refusal", role: "alert" }, text("failed")));
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-statistics]")) {
      choose("statistics");
    }
  });
  window.addEventListener("resize", draw);
  draw();
})();
