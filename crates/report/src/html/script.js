"use strict";
// The page is complete without this script: it only sorts and filters what is there.
for (const section of document.querySelectorAll("[data-findings]")) {
  const body = section.querySelector("tbody");
  const rows = Array.from(body.rows, (row) => ({ row, text: row.textContent.toLowerCase() }));
  const filters = section.querySelector(".filters");
  const controls = Array.from(filters.querySelectorAll("[data-filter]"));
  const output = filters.querySelector("output");

  // What each control wants of a row, by its name: the values of rows are in their data.
  const wants = {
    text: ({ value }, row, text) =>
      value.toLowerCase().split(/\s+/).filter(Boolean).every((word) => text.includes(word)),
    severity: ({ value }, row) => Number(row.dataset.severity) >= Number(value),
    kind: ({ value }, row) => !value || row.dataset.kind === value,
    gate: ({ value }, row) => !value || row.dataset.gate === value,
    fix: ({ checked }, row) => !checked || row.dataset.fix === "1",
    kev: ({ checked }, row) => !checked || row.dataset.kev === "1",
  };

  const filter = () => {
    let shown = 0;
    for (const { row, text } of rows) {
      const fits = controls.every((control) => wants[control.dataset.filter](control, row, text));
      row.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    output.value = `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")}`;
  };

  const order = new Intl.Collator("en", { numeric: true });
  const sort = (header) => {
    const column = header.cellIndex;
    const down = header.getAttribute("aria-sort") !== "descending";
    for (const other of header.parentElement.cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = ({ row }) => {
      const cell = row.cells[column];
      return cell.dataset.key ?? cell.textContent;
    };
    const keyed = rows.map((entry) => [key(entry), entry]);
    keyed.sort(([a], [b]) => order.compare(a, b) * (down ? -1 : 1));
    body.append(...keyed.map(([, { row }]) => row));
  };

  for (const header of section.querySelectorAll("th")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    button.addEventListener("click", () => sort(header));
    header.append(button);
  }
  for (const control of controls) control.addEventListener("input", filter);
  filters.hidden = false;
  filter();
}
