// Without this every page works: it spares a choice of order, number or language the press of a button.
for (const select of document.querySelectorAll("form.order select, footer select")) {
  select.form.querySelector("button").hidden = true;
  let byKey = false; // a list that is gone through by keyboard is not left at its first entry
  select.addEventListener("keydown", (event) => { byKey = event.key !== "Enter"; if (!byKey) select.form.submit(); });
  select.addEventListener("pointerdown", () => { byKey = false; });
  select.addEventListener("change", () => { if (!byKey) select.form.submit(); });
}
