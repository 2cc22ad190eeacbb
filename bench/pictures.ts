// How long a press or key takes until Chromium draws the next picture, from its own trace. Not by the Event Timing interface: without a
// screen it waits for a presentation that nothing reports in time, and says hundreds of milliseconds where a trace shows ten.
import type { CDPSession, Page } from "playwright-core";

interface TraceEvent {
  readonly name: string;
  readonly ts?: number;
  readonly dur?: number;
  readonly args?: { readonly data?: { readonly type?: string } };
}

export interface Interaction {
  readonly type: string;
  /** From the moment in which the page got it until the next picture that holds what it changed was drawn. */
  readonly untilPictureMs: number;
  /** Of it, while the page's own code ran. */
  readonly handledMs: number;
}

const TYPES = new Set(["keydown", "pointerdown", "pointerup", "click"]);
const CATEGORIES = ["devtools.timeline", "cc", "viz"];

/** Traces the page while `act` is done to it. @returns what changed the picture, the slowest first. */
export async function interactionsDuring(page: Page, act: () => Promise<void>): Promise<Interaction[]> {
  const session = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await session.send("Tracing.start", { traceConfig: { includedCategories: CATEGORIES } });
  await act();
  await ended(session);
  await session.detach();
  return read(events);
}

async function ended(session: CDPSession): Promise<void> {
  const complete = new Promise<void>((resolve) => session.once("Tracing.tracingComplete", () => resolve()));
  await session.send("Tracing.end");
  await complete;
}

/** The page hands its state to the compositor (`Commit`), which draws it (`DrawAndSwap`). */
function read(events: readonly TraceEvent[]): Interaction[] {
  const inOrder = events.filter(({ ts = 0 }) => ts > 0).sort((a, b) => (a.ts ?? 0) - (b.ts ?? 0));
  return inOrder
    .flatMap(({ name, ts = 0, dur = 0, args }, at) => {
      const type = args?.data?.type ?? "";
      if (name !== "EventDispatch" || !TYPES.has(type)) return [];
      const rest = inOrder.slice(at + 1);
      const commitAt = rest.findIndex((event) => event.name === "Commit" && (event.ts ?? 0) >= ts + dur);
      const drawn = commitAt < 0 ? undefined : rest.slice(commitAt).find((event) => event.name === "Display::DrawAndSwap");
      if (drawn === undefined) return [];
      return [{ type, untilPictureMs: ((drawn.ts ?? 0) + (drawn.dur ?? 0) - ts) / 1_000, handledMs: dur / 1_000 }];
    })
    .sort((a, b) => b.untilPictureMs - a.untilPictureMs);
}
