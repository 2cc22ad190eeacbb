// Whoever reloads the page before its worker has stored what was said last would lose it, although it is on the screen already: the browser
// asks them first. That is a moment after they said it, and never for as long as it takes to arrive anywhere.

export function guardLeaving(page: Pick<Window, "addEventListener">, isStoring: () => boolean): void {
  page.addEventListener("beforeunload", (event) => {
    if (isStoring()) event.preventDefault();
  });
}
