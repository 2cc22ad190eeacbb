// A long press of a finger, where the system has no menu of its own for it.
import type { PointerEvent } from "react";

const LONG_MS = 500;
const MOVED_PX = 10;

export interface LongPress {
  readonly onPointerDown: (event: PointerEvent) => void;
  readonly onPointerMove: (event: PointerEvent) => void;
  readonly onPointerUp: () => void;
  readonly onPointerCancel: () => void;
}

export function longPress(held: () => void): LongPress {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let at = { x: 0, y: 0 };
  const stop = (): void => clearTimeout(timer);
  return {
    onPointerDown: ({ pointerType, clientX: x, clientY: y }) => {
      if (pointerType !== "touch") return;
      stop();
      at = { x, y };
      timer = setTimeout(held, LONG_MS);
    },
    onPointerMove: ({ clientX, clientY }) => {
      if (Math.abs(clientX - at.x) > MOVED_PX || Math.abs(clientY - at.y) > MOVED_PX) stop();
    },
    onPointerUp: stop,
    onPointerCancel: stop,
  };
}
