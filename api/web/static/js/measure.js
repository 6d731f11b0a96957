/* Measuring lengths and areas on the map: a quick figure for reference, not the official area.

   Areas are those of the CGCS2000 ellipsoid: the sphere of equal area with authalic latitudes (Snyder 1987, 3-11, 3-12).
   Lengths use the radii of curvature at the middle of each leg, good to a millimetre per kilometre. */
(function () {
  "use strict";
  const { text, number, element, muPerM2 } = window.gaodu;
  const A_M = 6378137;
  const E2 = 0.0066943800229;
  const E = Math.sqrt(E2);
  const RADIANS = Math.PI / 180;
  const LINE = { color: "#0f4c81", weight: 2, dashArray: "5 4", interactive: false, pmIgnore: true };
  const q = (sine) => (1 - E2) * (sine / (1 - E2 * sine * sine) + Math.atanh(E * sine) / E);
  const POLE = q(1);
  const SPHERE_M2 = (A_M * A_M * POLE) / 2;

  function area(points) {
    let sum = 0;
    points.forEach((point, place) => {
      const next = points[(place + 1) % points.length];
      const [one, other] = [point, next].map((at) => Math.tan(Math.asin(q(Math.sin(at.lat * RADIANS)) / POLE) / 2));
      const turn = (next.lng - point.lng) * RADIANS;
      sum += 2 * Math.atan2(Math.tan(turn / 2) * (one + other), 1 + one * other);
    });
    return Math.abs(sum) * SPHERE_M2;
  }

  function length(points) {
    let sum = 0;
    for (let place = 1; place < points.length; place++) {
      const [from, to] = [points[place - 1], points[place]];
      const middle = ((from.lat + to.lat) / 2) * RADIANS;
      const bend = 1 - E2 * Math.sin(middle) ** 2;
      const north = ((A_M * (1 - E2)) / bend ** 1.5) * (to.lat - from.lat) * RADIANS;
      const east = (A_M / Math.sqrt(bend)) * Math.cos(middle) * (to.lng - from.lng) * RADIANS;
      sum += Math.hypot(north, east);
    }
    return sum;
  }

  /** What the points measure, in words: a length, or an area with the way around it. */
  function said(points, closed) {
    if (!closed || points.length < 3) {
      const way = length(points);
      return way < 1000 ? `${number(way, 1)} ${text("metres")}` : `${number(way / 1000, 3)} ${text("kilometres")}`;
    }
    const found = area(points);
    return `${number(found * muPerM2, 2)} ${text("mu")} · ${number(found, 1)} m² (${text("indicative")})`;
  }

  const Measure = L.Control.extend({
    options: { position: "topright" },

    onAdd: function (map) {
      const bar = element("div", { class: "leaflet-bar measure" });
      this._buttons = [
        ["measure length", false, "M3 17 17 3M6 11l2 2M10 7l2 2M3 17v-5M3 17h5M17 3h-5M17 3v5"],
        ["measure area", true, "M4 16 3 6l9-3 5 8-6 6z"],
      ].map(([title, closed, path]) => this._button(bar, text(title), closed, path));
      L.DomEvent.disableClickPropagation(bar);
      this._map = map;
      return bar;
    },

    _button: function (bar, title, closed, path) {
      const button = element("a", { href: "#", role: "button", title, "aria-label": title, "aria-pressed": "false" });
      const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
      icon.setAttribute("viewBox", "0 0 20 20");
      line.setAttribute("d", path);
      icon.append(line);
      button.append(icon);
      button.addEventListener("click", (event) => {
        event.preventDefault();
        const again = button.getAttribute("aria-pressed") === "true";
        this._stop();
        if (!again) {
          this._start(button, closed);
        }
      });
      bar.append(button);
      return button;
    },

    _start: function (button, closed) {
      button.setAttribute("aria-pressed", "true");
      window.clearTimeout(this._rest);
      this._closed = closed;
      this._points = [];
      this._shape = (closed ? L.polygon([], { ...LINE, fillOpacity: 0.1 }) : L.polyline([], LINE)).addTo(this._map);
      this._map.measuring = true;
      this._map.doubleClickZoom.disable();
      this._map.getContainer().classList.add("measuring");
      this._map.on("click", this._add, this).on("mousemove", this._move, this).on("dblclick", this._finish, this);
      document.addEventListener("keydown", (this._key = (event) => this._pressed(event)));
    },

    _add: function (event) {
      const last = this._points[this._points.length - 1];
      if (!last || !last.equals(event.latlng)) {
        this._points.push(event.latlng);
      }
      this._draw(this._points);
    },

    _move: function (event) {
      if (this._points.length) {
        this._draw([...this._points, event.latlng]);
      }
    },

    _draw: function (points) {
      this._shape.setLatLngs(points);
      if (points.length > 1) {
        this._shape.unbindTooltip();
        this._shape.bindTooltip(element("span", {}, said(points, this._closed)), { permanent: true, direction: "top", className: "measured" });
        this._shape.openTooltip(points[points.length - 1]);
      }
    },

    _pressed: function (event) {
      if (event.key === "Escape") {
        this._stop();
      } else if (event.key === "Enter") {
        this._finish();
      }
    },

    /** Leaves the figure on the map until the next measurement or Escape. */
    _finish: function () {
      this._draw(this._points);
      this._release();
    },

    _stop: function () {
      this._release();
      if (this._shape) {
        this._shape.remove();
        this._shape = null;
      }
      document.removeEventListener("keydown", this._key);
    },

    _release: function () {
      this._map.off("click", this._add, this).off("mousemove", this._move, this).off("dblclick", this._finish, this);
      this._map.getContainer().classList.remove("measuring");
      this._buttons.forEach((button) => button.setAttribute("aria-pressed", "false"));
      this._rest = window.setTimeout(() => ((this._map.measuring = false), this._map.doubleClickZoom.enable()), 0);
    },
  });

  document.addEventListener("gaodu:map", () => new Measure().addTo(window.gaodu.map));
  Object.assign(window.gaodu, { measured: { area, length } });
})();
