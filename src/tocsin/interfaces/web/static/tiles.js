// The tile grid as one stop of the Tab key, with arrow keys from tile to tile. Without this file every tile is a link.

for (const grid of document.querySelectorAll("svg.tiles")) {
  const tiles = [...grid.querySelectorAll("a.tile")].map((link) => ({
    link,
    row: Number(link.dataset.row),
    column: Number(link.dataset.column),
  }));
  if (!tiles.length) continue;

  const hold = (tile) => {
    for (const other of tiles) other.link.setAttribute("tabindex", other === tile ? "0" : "-1");
  };
  hold(tiles[0]);

  // The nearest tile in the direction of the key: along the way first, then as little aside as there is.
  const next = (from, down, right) => {
    const away = (tile) => {
      const along = down ? (tile.row - from.row) * down : (tile.column - from.column) * right;
      const aside = Math.abs(down ? tile.column - from.column : tile.row - from.row);
      return along > 0 ? along + 3 * aside : Infinity;
    };
    const nearest = tiles.reduce((best, tile) => (away(tile) < away(best) ? tile : best), from);
    return nearest;
  };

  const keys = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  grid.addEventListener("keydown", (event) => {
    const from = tiles.find((tile) => tile.link === event.target.closest("a.tile"));
    if (!from) return;
    let to = null;
    if (event.key in keys) to = next(from, ...keys[event.key]);
    else if (event.key === "Home") to = tiles[0];
    else if (event.key === "End") to = tiles[tiles.length - 1];
    if (!to || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    hold(to);
    to.link.focus();
  });
}
