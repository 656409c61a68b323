// Sorting of tables marked data-sortable. Without this file the tables stand in the order of the server.
// A cell sorts by its data-value; a cell without one holds nothing known and stays last, whichever way is asked for.

const value = (row, column, kind) => {
  const text = row.cells[column].dataset.value;
  return text === undefined ? null : kind === "number" ? Number(text) : text;
};

const compare = (a, b) => (typeof a === "number" ? a - b : a.localeCompare(b, document.documentElement.lang));

const sort = (table, header, direction) => {
  const body = table.tBodies[0];
  const column = header.cellIndex;
  const kind = header.dataset.kind;
  const rows = [...body.rows].map((row) => [value(row, column, kind), row]);
  rows.sort(([a], [b]) => (a === null ? (b === null ? 0 : 1) : b === null ? -1 : direction * compare(a, b)));
  body.append(...rows.map(([, row]) => row));
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", direction === 1 ? "ascending" : "descending");
};

for (const table of document.querySelectorAll("table[data-sortable]")) {
  for (const header of table.tHead.rows[0].cells) {
    if (!header.dataset.kind) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    header.append(button);
    button.addEventListener("click", () => {
      sort(table, header, header.getAttribute("aria-sort") === "ascending" ? -1 : 1);
    });
  }
}
