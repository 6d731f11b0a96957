/* What Leaflet.VectorGrid 1.3.0 lacks on Leaflet 1.9: finding features across stacked layers, hatching, sharp tiles.

   Its own mouse events reach the topmost tile only, call L.DomEvent.fakeStop, which Leaflet 1.8 took away, and miss
   where the map is zoomed deeper than the tiles. Our layers are therefore not `interactive`; the map asks featuresAt. */
(function () {
  "use strict";
  const ratio = Math.max(1, window.devicePixelRatio || 1);
  const SPACING = 7;
  const hatches = new Map();
  const initialize = L.Canvas.Tile.prototype.initialize;
  const fillStroke = L.Canvas.Tile.prototype._fillStroke;

  /** A square tile of one diagonal line in `colour`, to be repeated. */
  function hatch(colour) {
    if (!hatches.has(colour)) {
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = SPACING;
      const context = canvas.getContext("2d");
      context.strokeStyle = colour;
      context.lineWidth = 1.2;
      for (const shift of [-SPACING, 0, SPACING]) {
        context.moveTo(shift - 1, SPACING + 1);
        context.lineTo(shift + SPACING + 1, -1);
      }
      context.stroke();
      hatches.set(colour, canvas);
    }
    return hatches.get(colour);
  }

  L.Canvas.Tile.include({
    initialize: function (coords, size, options) {
      initialize.call(this, coords, size, options);
      this._container.width = size.x * ratio;
      this._container.height = size.y * ratio;
      this._ctx.scale(ratio, ratio);
    },

    _fillStroke: function (context, layer) {
      const options = layer.options;
      if (options.hatch) {
        context.save();
        context.globalAlpha = 0.75;
        context.fillStyle = context.createPattern(hatch(options.color || options.fillColor), "repeat");
        context.fill("evenodd");
        context.restore();
      }
      fillStroke.call(this, context, layer);
    },
  });

  L.VectorGrid.include({
    /** The features at `latlng` in the tile shown there, the last drawn first: [{id, properties, options}].
        A merged feature of an overview has no number as its id. */
    featuresAt: function (latlng) {
      if (!this._map || this._tileZoom === undefined) {
        return [];
      }
      const size = this.getTileSize();
      const world = this._map.project(latlng, this._tileZoom);
      const coords = world.unscaleBy(size).floor();
      const tile = this._vectorTiles[`${coords.x}:${coords.y}:${this._tileZoom}`];
      if (!tile || !tile._features) {
        return [];
      }
      const drawn = Object.entries(tile._features);
      if (!tile._measured) {
        drawn.forEach(([, entry]) => entry.feature.makeInteractive());
        tile._measured = true;
      }
      const point = world.subtract(coords.scaleBy(size));
      return drawn
        .filter(([, entry]) => entry.feature._containsPoint(point))
        .map(([id, entry]) => ({ id: /^\d+$/.test(id) ? Number(id) : id, properties: entry.feature.properties, options: entry.feature.options }))
        .reverse();
    },
  });
})();
