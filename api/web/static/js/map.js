/* The map of a page: how features are drawn, what lies under the pointer, popups, labels and the layer switches. */
(function () {
  "use strict";
  const { element, text, number, json, muPerM2 } = window.gaodu;
  const SELECTED = { color: "#e4572e", weight: 3, fill: false, interactive: false };
  const BEHIND = { ...SELECTED, className: "behind" };
  /** From so many features on, those behind a figure are drawn on one canvas, and points small; more than MOST are not. */
  const MANY_BEHIND = 300;
  const MOST_BEHIND = 20000;
  const POINT_LABELS_ZOOM = 15;
  const NARROW_PX = 600;
  let config = { layers: {}, rasters: {}, codes: {} };
  let map = null;
  let grids = {};
  let rasters = {};
  let hovered = null;
  let selection = null;
  let merged = 0;
  const labels = {};

  /** The key of a tile's feature; merged features of an overview have none, and are told apart by a count. */
  function featureId(feature) {
    return feature.id === undefined ? `merged-${(merged += 1)}` : feature.id;
  }

  /* ---- drawing ---- */

  function symbolOf(layer, properties) {
    const own = config.layers[layer];
    const key = own.field === null ? "" : String(properties[own.field]);
    return own.field !== null && Object.hasOwn(own.symbols, key) ? own.symbols[key] : own.symbol;
  }

  /** Outlines of filled features get thinner on small scales, where they would hide the fill. */
  function drawn(layer, properties, zoom) {
    const symbol = symbolOf(layer, properties);
    const thin = !symbol.fill || zoom >= 16 ? 1 : zoom >= 14 ? 0.6 : 0.25;
    return thin === 1 ? symbol : { ...symbol, weight: symbol.weight * thin };
  }

  /* ---- what lies where ---- */

  /** Features at `latlng`, top first; those drawn as a mere outline come last, as they enclose whatever lies inside. */
  function featuresAt(latlng) {
    const found = [];
    for (const layer of Object.keys(grids).reverse()) {
      if (map.hasLayer(grids[layer])) {
        found.push(...grids[layer].featuresAt(latlng).map((feature) => ({ layer, ...feature })));
      }
    }
    return [...found.filter((feature) => feature.options.fill), ...found.filter((feature) => !feature.options.fill)];
  }

  function unhover() {
    if (hovered) {
      grids[hovered.layer].resetFeatureStyle(hovered.id);
      hovered = null;
    }
    map.getContainer().style.cursor = "";
  }

  function hover(latlng) {
    const top = busy() ? undefined : featuresAt(latlng)[0];
    if (top && hovered && top.layer === hovered.layer && top.id === hovered.id) {
      return;
    }
    unhover();
    if (top && top.options.fill && typeof top.id === "number") {
      const symbol = symbolOf(top.layer, top.properties);
      const strong = { stroke: true, color: SELECTED.color, weight: symbol.weight + 1.4 };
      grids[top.layer].setFeatureStyle(top.id, { ...symbol, ...strong });
      hovered = top;
    }
    map.getContainer().style.cursor = top ? "pointer" : "";
  }

  /** Whether a tool has the pointer. */
  function busy() {
    const drawing = map.pm && (map.pm.globalDrawModeEnabled() || map.pm.globalEditModeEnabled() || map.pm.globalRemovalModeEnabled());
    return Boolean(drawing || map.measuring);
  }

  /* ---- popups ---- */

  function shown(field, value) {
    if (field.codes) {
      const names = config.codes[field.codes];
      return Object.hasOwn(names, String(value)) ? `${value} ${names[String(value)]}` : String(value);
    }
    if (typeof value === "boolean") {
      return text(value ? "yes" : "no");
    }
    const written = field.number && !Number.isNaN(Number(value)) ? Number(value).toLocaleString() : String(value);
    return field.unit ? `${written} ${field.unit}` : written;
  }

  /** What stands for a feature of `layer` in lists: the value of its label field, codes with their names. */
  function labelOf(layer, value) {
    const field = config.layers[layer].fields.find((each) => each.name === config.layers[layer].label);
    return field && value !== null && value !== undefined ? shown(field, value) : null;
  }

  function rows(layer, properties) {
    const filled = config.layers[layer].fields.filter((field) => !["", null, undefined].includes(properties[field.name]));
    const lines = filled.map((field) => [field.title, shown(field, properties[field.name])]);
    const area = properties.area_m2;
    if (typeof area === "number") {
      lines.unshift([text("area"), `${number(area * muPerM2, 2)} ${text("mu")} · ${number(area, 2)} m²`]);
    }
    return lines.map(([title, value]) => element("tr", {}, [element("th", { scope: "row" }, title), element("td", {}, value)]));
  }

  function chips(found, current, latlng) {
    if (found.length < 2) {
      return [];
    }
    const buttons = found.slice(0, 8).map((feature) => {
      const button = element("button", { type: "button", "aria-pressed": String(feature === current) }, config.layers[feature.layer].title);
      button.addEventListener("click", () => open(found, feature, latlng));
      return button;
    });
    return [element("div", { class: "chips", role: "group", "aria-label": text("here") }, buttons)];
  }

  function select(feature) {
    if (selection) {
      selection.remove();
    }
    selection = L.geoJSON(feature, { style: SELECTED, pointToLayer: (_, place) => L.circleMarker(place, { ...SELECTED, radius: 9 }) });
    return selection.addTo(map);
  }

  /** Shows the popup of `current`, one of the features `found` at `latlng` (null: in the middle of the feature). */
  async function open(found, current, latlng) {
    const { layer, id } = current;
    const body = element("div", { class: "feature" }, [element("h3", {}, config.layers[layer].title), ...chips(found, current, latlng)]);
    const table = element("table", {}, element("caption", {}, text("loading")));
    body.append(table);
    const popup = L.popup({ maxWidth: 340, minWidth: 220, autoPanPadding: [20, 20] }).setContent(body);
    if (latlng) {
      popup.setLatLng(latlng).openOn(map);
    }
    try {
      const feature = await json(`/ogc/collections/${encodeURIComponent(layer)}/items/${id}`);
      const outline = select(feature);
      if (!latlng) {
        map.fitBounds(outline.getBounds(), { maxZoom: 17, padding: [60, 60], animate: false });
        popup.setLatLng(outline.getBounds().getCenter()).openOn(map);
      }
      const measured = latlng ? await valuesAt(latlng) : [];
      table.replaceChildren(element("tbody", {}, [...measured, ...rows(layer, feature.properties)]));
      popup.update();
    } catch (error) {
      table.replaceChildren(element("caption", { class: "refusal" }, error.message));
    }
  }

  /** The features behind a figure of the annual report, page after page. */
  async function featuresBehind(year, code) {
    const address = `/api/report/${encodeURIComponent(year)}/figures/${encodeURIComponent(code)}/features`;
    const found = [];
    for (let after = ""; after !== null && found.length < MOST_BEHIND; ) {
      const page = await json(address + after);
      found.push(...page.features);
      after = page.links.some((link) => link.rel === "next") ? `?after=${found.at(-1).id}` : null;
    }
    return found;
  }

  /** Marks the features behind a figure, "2024/grids.cells", and goes there. */
  async function behind(figure) {
    try {
      const features = await featuresBehind(...figure.split("/"));
      const many = features.length >= MANY_BEHIND;
      const style = many ? { ...BEHIND, color: "#1f2933", weight: 1, renderer: L.canvas({ padding: 0.5 }) } : BEHIND;
      const pointToLayer = (_, place) => L.circleMarker(place, { ...style, radius: many ? 4 : 9 });
      const marked = L.geoJSON(features, { style, pointToLayer });
      marked.addTo(map);
      if (features.length) {
        map.fitBounds(marked.getBounds(), { maxZoom: 16, padding: [40, 40], animate: false });
      }
    } catch (error) {
      const refusal = element("p", { class: "refusal" }, error.message);
      L.popup().setLatLng(map.getCenter()).setContent(refusal).openOn(map);
    }
  }

  /** The single features of `layer` at `latlng`, from the service. */
  async function unmerged(layer, latlng) {
    const place = `${latlng.lng},${latlng.lat}`;
    const page = await json(`/ogc/collections/${encodeURIComponent(layer)}/items?limit=5&bbox=${place},${place}`);
    return page.features.map((feature) => ({ layer, id: feature.id }));
  }

  /** What the rasters that are on say of a place: a row each, none where they have no data. */
  async function valuesAt({ lng, lat }) {
    const shownIds = Object.keys(rasters).filter((raster) => map.hasLayer(rasters[raster]));
    const ask = (raster) => json(`/api/rasters/${encodeURIComponent(raster)}/value?lon=${lng}&lat=${lat}`).catch(() => null);
    const answers = (await Promise.all(shownIds.map(ask))).filter((answer) => answer && answer.value !== null);
    const unit = (answer) => (document.documentElement.lang === "en" ? answer.unit_en : answer.unit_zh) || "";
    return answers.map((answer) =>
      element("tr", {}, [element("th", { scope: "row" }, config.rasters[answer.raster].title), element("td", {}, `${number(answer.value, 2)} ${unit(answer)}`)]),
    );
  }

  async function clicked(event) {
    const hits = busy() ? [] : featuresAt(event.latlng);
    const single = (hit) => (typeof hit.id === "number" ? [hit] : unmerged(hit.layer, event.latlng));
    const found = (await Promise.all(hits.map(single))).flat();
    if (found.length) {
      open(found, found[0], event.latlng);
      return;
    }
    const lines = busy() ? [] : await valuesAt(event.latlng);
    if (lines.length) {
      const body = element("div", { class: "feature" }, [element("table", {}, [element("tbody", {}, lines)])]);
      L.popup({ maxWidth: 340, minWidth: 220 }).setLatLng(event.latlng).setContent(body).openOn(map);
    }
  }

  /* ---- labels ---- */

  function label([content, longitude, latitude], beside) {
    const html = element("span", {}, content);
    const icon = L.divIcon({ className: beside ? "label beside" : "label", html, iconSize: [0, 0] });
    return L.marker([latitude, longitude], { icon, interactive: false, keyboard: false });
  }

  /** Hides each label that would lie on one shown before it: areas go before points, upper layers before lower ones. */
  function declutter() {
    const taken = [];
    const near = map.getZoom() >= POINT_LABELS_ZOOM;
    const byRank = Object.keys(labels).reverse().sort((one, other) => config.layers[one].point - config.layers[other].point);
    for (const layer of byRank) {
      labels[layer].eachLayer((marker) => {
        const span = marker.getElement() && marker.getElement().firstChild;
        if (!span) {
          return;
        }
        const box = span.getBoundingClientRect();
        const free = (near || !config.layers[layer].point) && taken.every((other) => box.right < other.left || box.left > other.right || box.bottom < other.top || box.top > other.bottom);
        span.style.visibility = free ? "" : "hidden";
        if (free) {
          taken.push(box);
        }
      });
    }
  }

  /* ---- switches ---- */

  function show(layer, visible) {
    for (const part of [grids[layer], rasters[layer], labels[layer]].filter(Boolean)) {
      visible ? part.addTo(map) : part.remove();
    }
    const named = CSS.escape(layer);
    document.querySelectorAll(`[data-switch="${named}"]`).forEach((box) => (box.checked = visible));
    document.querySelectorAll(`[data-legend="${named}"]`).forEach((part) => (part.hidden = !visible));
    declutter();
  }

  function bounds(words) {
    const [west, south, east, north] = words.split(",").map(Number);
    return [[south, west], [north, east]];
  }

  function listen() {
    document.addEventListener("change", (event) => {
      const layer = event.target.dataset.switch;
      if (layer) {
        show(layer, event.target.checked);
      }
    });
    document.addEventListener("input", (event) => {
      const layer = event.target.dataset.opacity;
      if (layer) {
        (grids[layer] || rasters[layer]).setOpacity(Number(event.target.value) / 100);
      }
    });
    document.addEventListener("click", (event) => {
      const zoom = event.target.closest("[data-zoom]");
      const feature = event.target.closest("[data-feature]");
      if (zoom) {
        map.fitBounds(bounds(zoom.dataset.zoom), { padding: [20, 20] });
      } else if (feature && Object.hasOwn(grids, feature.dataset.layer)) {
        event.preventDefault();
        show(feature.dataset.layer, true);
        const current = { layer: feature.dataset.layer, id: Number(feature.dataset.feature) };
        open([current], current, null);
      }
    });
  }

  /* ---- putting it together ---- */

  function configure(made, content) {
    map = made;
    config = content;
    const place = L.Hash.parseHash(window.location.hash);
    if (place) {
      map.setView(place.center, place.zoom, { animate: false });
    }
  }

  function attach(layers, pictures) {
    grids = layers;
    rasters = pictures;
    for (const [layer, own] of Object.entries(config.layers)) {
      if (own.labels.length) {
        labels[layer] = L.layerGroup(own.labels.map((words) => label(words, own.point)));
        if (own.visible) {
          labels[layer].addTo(map);
        }
      }
    }
    let waiting = null;
    map.on("mousemove", (event) => {
      waiting = waiting || window.requestAnimationFrame(() => ((waiting = null), hover(event.latlng)));
    });
    map.on("mouseout movestart zoomstart", unhover);
    map.on("zoomend viewreset", declutter);
    map.on("click", clicked);
    document.querySelectorAll(".key").forEach((key) => {
      key.open = map.getSize().x > NARROW_PX;
      L.DomEvent.disableScrollPropagation(key);
    });
    map.on("popupclose", () => selection && selection.remove());
    declutter();
    listen();
    new L.Hash(map);
    L.control.scale({ imperial: false }).addTo(map);
    map.attributionControl.setPrefix("Leaflet");
    const asked = new URLSearchParams(window.location.search);
    if (asked.has("feature") && Object.hasOwn(grids, asked.get("layer"))) {
      const current = { layer: asked.get("layer"), id: Number(asked.get("feature")) };
      open([current], current, null);
    }
    if (/^[0-9]+[/][a-z0-9_.]+$/.test(asked.get("figure"))) {
      behind(asked.get("figure"));
    }
    window.gaodu.map = map;
    document.dispatchEvent(new CustomEvent("gaodu:map"));
  }

  Object.assign(window.gaodu, {
    configure,
    styles: (layer) => ({ [layer]: (properties, zoom) => drawn(layer, properties, zoom) }),
    featureId,
    labelOf,
    shows: (layer) => map.hasLayer(grids[layer] || rasters[layer]),
    settled: () => [...Object.values(grids), ...Object.values(rasters)].every((grid) => !map.hasLayer(grid) || !grid.isLoading()),
    attach,
    featuresAt,
    show,
  });
})();
