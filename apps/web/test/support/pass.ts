import type { VirtualTime } from "@p2pcrypt/testkit";

/** Lets time pass, with every timer that is due by then. */
export function pass(time: VirtualTime, ms: number): void {
  let isOver = false;
  time.after(ms, () => {
    isOver = true;
  });
  while (!isOver) time.step();
}
