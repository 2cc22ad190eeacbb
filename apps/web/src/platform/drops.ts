// What is dropped beside a field must not replace the page: a browser would open the file, and the tab with the keys would be gone (W14).

export function guardDrops(document: Document): void {
  const refuse = (event: DragEvent): void => {
    const isField = event.target instanceof Element && event.target.closest("input, textarea") !== null;
    const isText = event.dataTransfer?.types.includes("text/plain") === true && !event.dataTransfer.types.includes("Files");
    if (!isField || !isText) event.preventDefault();
  };
  document.addEventListener("dragover", refuse);
  document.addEventListener("drop", refuse);
}
