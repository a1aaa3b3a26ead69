// Without this the pages show the same, when they are loaded again.
for (const waiting of document.querySelectorAll("[data-again]")) {
  setTimeout(() => location.reload(), 1000 * Number(waiting.dataset.again));
}
for (const part of document.querySelectorAll("[data-events]")) {
  const source = new EventSource(part.dataset.events);
  source.addEventListener("part", (event) => {
    const places = () => [...part.querySelectorAll("a, [tabindex]")];
    const at = places().indexOf(document.activeElement);
    part.innerHTML = event.data; // a template of ours, in which everything is escaped
    if (at >= 0) places()[at]?.focus({ preventScroll: true });
  });
  source.addEventListener("ended", () => { source.close(); location.reload(); });
}
for (const picture of document.querySelectorAll("img[data-every]")) {
  const address = picture.src;
  setInterval(() => { picture.src = `${address}?at=${Date.now()}`; }, 1000 * Number(picture.dataset.every));
}
