// A table of pictures that fills while they are drawn.

import { events } from "./api.js";
import { button, element, say } from "./dom.js";

/** An empty table; each row has its label above its pictures, so that it also fits on a telephone. */
export class PictureTable {
  constructor(caption, rows, columns, isDouble = false) {
    this.rows = rows;
    this.columns = columns;
    const table = element("table", { className: isDouble ? "pictures double" : "pictures" });
    table.style.setProperty("--columns", Math.max(1, Math.min(3, columns.length)));
    table.append(element("thead", {}, element("tr", {}, ...columns.map((name) => element("th", { scope: "col" }, name)))));
    this.cells = rows.map((name) => {
      const cells = columns.map(() => element("td", {}, element("div", { className: "waiting" })));
      const label = element("th", { scope: "rowgroup", colSpan: columns.length }, name);
      table.append(element("tbody", {}, element("tr", {}, label), element("tr", {}, ...cells)));
      return cells;
    });
    const scroll = element("div", { className: "scroll", tabIndex: 0, role: "region", ariaLabel: caption }, table);
    this.node = element("div", {}, element("p", { className: "note" }, caption), scroll);
  }

  show(row, column, source) {
    const alt = `${this.rows[row]}: ${this.columns[column]}`;
    this.cells[row][column].replaceChildren(element("img", { src: source, alt }));
  }
}

const drawings = new Map();

/** Draws what an order asks for, in place of what was drawn there before. */
export async function draw(place, path, order, caption, isDouble = false) {
  drawings.get(place)?.abort();
  const stop = new AbortController();
  drawings.set(place, stop);
  const state = element("p", { className: "note" }, "Waiting for the engine…");
  const cancel = button("Stop drawing", () => stop.abort());
  place.replaceChildren(state, cancel);
  let table;
  let drawn = 0;
  try {
    await events(
      path,
      (name, data) => {
        if (name === "table") {
          table = new PictureTable(caption, data.rows, data.columns, isDouble);
          place.append(table.node);
        } else if (name === "picture") {
          table.show(data.row, data.column, data.png);
          drawn++;
          state.textContent = `${drawn} of ${table.rows.length * table.columns.length} pictures drawn`;
        } else if (name === "warning") {
          place.prepend(element("p", { className: "note" }, `Note: ${data.message}`));
        } else if (name === "failed") {
          throw new Error(data.reason);
        }
      },
      { signal: stop.signal, body: order },
    );
    say("The pictures are drawn.");
  } catch (e) {
    state.textContent = e.name === "AbortError" ? "Stopped." : e.message;
    state.classList.toggle("bad", e.name !== "AbortError");
  } finally {
    cancel.remove();
  }
}
