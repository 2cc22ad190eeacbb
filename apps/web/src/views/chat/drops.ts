// Words and files that are dragged over a conversation.
import { type DragEvent, useState } from "react";
import type { ComposerHandle } from "./Composer.tsx";

/** @returns whether files are over it that it would take, and what hears of them */
export function useDrops(target: () => ComposerHandle | null) {
  const [isOver, setIsOver] = useState(false);
  const handlers = {
    onDragOver: (event: DragEvent): void => {
      event.preventDefault();
      setIsOver(event.dataTransfer.types.includes("Files") && target() !== null);
    },
    onDragLeave: ({ currentTarget, relatedTarget }: DragEvent): void => {
      if (!(relatedTarget instanceof Node && currentTarget.contains(relatedTarget))) setIsOver(false);
    },
    onDrop: (event: DragEvent): void => {
      event.preventDefault();
      setIsOver(false);
      // Words or files only: what else a page may put on the pointer has no business in a message (W14).
      const text = event.dataTransfer.getData("text/plain");
      const files = [...event.dataTransfer.files];
      if (files.length > 0) target()?.offer(files);
      else if (text !== "") target()?.insert(text);
    },
  };
  return { isOver, handlers };
}
