/* The parcel check: draw, paste or choose a polygon; see its area and what it overlaps. */
(function () {
  "use strict";
  const { element, text, number, json, english } = window.gaodu;
  const MOST_DRAWN = 2000;
  const PARCEL = { color: "#e4572e", weight: 2.5, fillOpacity: 0.08 };
  const OVERLAP = { color: "#6d0f2b", weight: 1.5, fillColor: "#6d0f2b", fillOpacity: 0.55, interactive: false };
  const result = document.getElementById("check-result");
  let map = null;
  let parcel = null;
  let overlap = null;

  function say(content) {
    result.replaceChildren(...[].concat(content));
  }

  function clear() {
    for (const layer of [parcel, overlap]) {
      if (layer) {
        layer.remove();
      }
    }
    parcel = overlap = null;
  }

  function highlight(geometry) {
    if (overlap) {
      overlap.remove();
    }
    overlap = geometry ? L.geoJSON(geometry, { style: OVERLAP }).addTo(map) : null;
  }

  function areaTable(areas) {
    const lines = Object.entries(areas).map(([method, area]) =>
      element("tr", {}, [
        element("th", { scope: "row" }, text(method)),
        element("td", { class: "number strong" }, number(area.area_mu, 2)),
        element("td", { class: "number" }, number(area.area_m2, 2)),
      ]),
    );
    const head = element("tr", {}, ["method", "mu", "m2"].map((key, place) => element("th", { scope: "col", class: place ? "number" : "" }, text(key))));
    return element("table", { class: "figures" }, [element("caption", {}, text("parcel area")), element("thead", {}, head), element("tbody", {}, lines)]);
  }

  function featureList(found) {
    const items = found.features.slice(0, 20).map((feature) => {
      const link = element("a", { href: "#", "data-layer": found.layer, "data-feature": feature.fid }, window.gaodu.labelOf(found.layer, feature.label) ?? String(feature.fid));
      const size = found.method ? `${number(feature.overlap_mu, 2)} ${text("mu")} · ${number(feature.percent_of_feature, 1)}%` : "";
      return element("li", {}, [link, element("span", { class: "number" }, size)]);
    });
    const rest = found.count - items.length;
    return element("ol", { class: "overlaps" }, rest > 0 ? [...items, element("li", {}, text("more").replace("{}", number(rest, 0)))] : items);
  }

  function overlapRow(found) {
    const title = english ? found.title_en : found.title_zh;
    const button = element("button", { type: "button", class: "disclosure", "aria-expanded": "false" }, title);
    const detail = element("tr", { hidden: "" }, element("td", { colspan: 4 }, featureList(found)));
    const row = element("tr", {}, [
      element("th", { scope: "row" }, button),
      element("td", { class: "number" }, number(found.count, 0)),
      element("td", { class: "number strong" }, found.method ? number(found.overlap_mu, 2) : "–"),
      element("td", { class: "number" }, found.method ? number(found.percent, 1) : "–"),
    ]);
    button.addEventListener("click", () => {
      detail.hidden = !detail.hidden;
      button.setAttribute("aria-expanded", String(!detail.hidden));
      highlight(detail.hidden ? null : found.geometry);
    });
    row.addEventListener("mouseenter", () => highlight(found.geometry));
    return [row, detail];
  }

  function overlapTable(layers) {
    if (!layers.length) {
      return element("p", {}, text("no overlap"));
    }
    const head = element("tr", {}, ["layer", "count", "overlap mu", "percent"].map((key, place) => element("th", { scope: "col", class: place ? "number" : "" }, text(key))));
    const caption = element("caption", {}, text("overlaps"));
    return element("table", { class: "figures" }, [caption, element("thead", {}, head), element("tbody", {}, layers.flatMap(overlapRow))]);
  }

  async function check(geojson) {
    say(element("p", { "aria-busy": "true" }, text("checking")));
    try {
      const found = await json("/api/checks", {
        method: "POST",
        headers: { "content-type": "application/geo+json" },
        body: JSON.stringify(geojson),
      });
      const notice = english ? found.notice_en : found.notice_zh;
      say([areaTable(found.area), overlapTable(found.layers), ...(notice ? [element("p", { class: "notice" }, notice)] : [])]);
    } catch (error) {
      say(element("p", { class: "refusal", role: "alert" }, error.message));
    }
  }

  function drawn(layer) {
    clear();
    parcel = layer;
    parcel.setStyle(PARCEL);
    parcel.on("pm:update", () => check(parcel.toGeoJSON()));
    document.dispatchEvent(new CustomEvent("gaodu:tab", { detail: "check" }));
    check(parcel.toGeoJSON());
  }

  function given(words) {
    let geojson = null;
    try {
      geojson = JSON.parse(words);
    } catch (error) {
      say(element("p", { class: "refusal", role: "alert" }, `${text("not json")} ${error.message}`));
      return;
    }
    clear();
    try {
      const features = geojson.features ? geojson.features.length : 1;
      if (features <= MOST_DRAWN) {
        parcel = L.geoJSON(geojson, { style: PARCEL, pmIgnore: true }).addTo(map);
        map.fitBounds(parcel.getBounds(), { padding: [40, 40], maxZoom: 17 });
      }
    } catch (error) {
      parcel = null; // not drawable: the service says what is wrong with it
    }
    check(geojson);
  }

  document.addEventListener("gaodu:map", () => {
    map = window.gaodu.map;
    map.pm.setLang(english ? "en" : "zh");
    map.pm.setGlobalOptions({ pathOptions: PARCEL, allowSelfIntersection: false });
    map.on("pm:create", (event) => drawn(event.layer));
    map.on("pm:remove", () => (clear(), say([])));
    document.getElementById("check-draw").addEventListener("click", () => {
      map.pm.enableDraw("Polygon");
      map.getContainer().scrollIntoView({ block: "nearest" });
    });
    document.getElementById("check-clear").addEventListener("click", () => (clear(), say([])));
    document.getElementById("check-text").addEventListener("submit", (event) => {
      event.preventDefault();
      given(event.target.elements.geojson.value);
    });
    document.getElementById("check-file").addEventListener("change", async (event) => {
      if (event.target.files.length) {
        given(await event.target.files[0].text());
        event.target.value = "";
      }
    });
  });
})();
