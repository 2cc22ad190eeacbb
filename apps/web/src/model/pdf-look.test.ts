import { beforeEach, describe, expect, it, vi } from "vitest";
import type { PdfAnswer, PdfPart, PdfRequest } from "../protocol/pdf-protocol.ts";
import { isPdfFile } from "./pdf-file.ts";
import { MAX_PDF_BYTES, MAX_PDF_PAGES, PDF_STEP_MS, PdfLook, type PdfSource } from "./pdf-look.ts";

/** The worker's side, timers that are over when a test says so, and what became of the place. */
class Desk {
  readonly asked: PdfRequest[] = [];
  readonly parts: PdfPart[] = [];
  readonly #waits = new Map<number, () => void>();
  #timers = 0;
  #port: MessagePort | undefined;
  #failed: () => void = () => undefined;
  ends = 0;
  canOpen = true;

  readonly deps = {
    open: async (failed: () => void) => {
      if (!this.canOpen) throw new TypeError("offline");
      const { port1, port2 } = new MessageChannel();
      this.#port = port2;
      this.#failed = failed;
      port2.onmessage = ({ data }: MessageEvent<PdfRequest>) => this.asked.push(data);
      return {
        port: port1,
        end: () => {
          this.ends += 1;
          port1.close();
        },
      };
    },
    isBitmap: (value: unknown) => typeof value === "object" && value !== null && "width" in value,
    part: async (name: PdfPart) => {
      this.parts.push(name);
      return new ArrayBuffer(3);
    },
    after: (delayMs: number, run: () => void) => {
      expect(delayMs).toBe(PDF_STEP_MS);
      const timer = ++this.#timers;
      this.#waits.set(timer, run);
      return () => void this.#waits.delete(timer);
    },
  };

  say(answer: unknown): void {
    this.#port?.postMessage(answer);
  }

  fail(): void {
    this.#failed();
  }

  passTime(): void {
    for (const run of this.#waits.values()) run();
  }

  get isWaiting(): boolean {
    return this.#waits.size > 0;
  }

  async until(count: number): Promise<PdfRequest> {
    await vi.waitFor(() => expect(this.asked.length).toBeGreaterThanOrEqual(count));
    return this.asked[count - 1] as PdfRequest;
  }
}

const source = (bytes = 4): PdfSource => ({ bytes, read: async () => new Uint8Array(Math.min(bytes, 8)) });
/** As much as passes through a port of it here: its pixels are proved in the browser. */
const BITMAP = { width: 10, height: 10 };
const opened = (pages: number): PdfAnswer => ({ kind: "opened", id: 1, pages });

let desk: Desk;
beforeEach(() => {
  desk = new Desk();
});

async function openLook(pages = 3): Promise<PdfLook> {
  const look = new PdfLook(source(), desk.deps);
  await desk.until(1);
  desk.say(opened(pages));
  await vi.waitFor(() => expect(look.getSnapshot().pages).toBeDefined());
  return look;
}

const over = async (look: PdfLook) => {
  await vi.waitFor(() => expect(look.getSnapshot().isOver).toBe(true));
  return look.getSnapshot().failure;
};

describe("a look at a PDF", () => {
  it("is offered for what is called one", () => {
    expect(isPdfFile({ name: "a.PDF", type: "" })).toBe(true);
    expect(isPdfFile({ name: "a", type: "application/pdf" })).toBe(true);
    expect(isPdfFile({ name: "pdf.exe", type: "application/x-msdownload" })).toBe(false);
  });

  it("draws one page at a time, and of many wishes the last", async () => {
    const look = await openLook();
    look.draw(1, 100.4);
    look.draw(2, 200);
    look.draw(3, 300);
    look.draw(4, 300);
    expect(await desk.until(2)).toEqual({ kind: "draw", id: 2, page: 1, width: 100 });
    desk.say({ kind: "failed", id: 2, fault: "broken" });
    expect(await desk.until(3)).toEqual({ kind: "draw", id: 3, page: 3, width: 300 });
    expect(desk.asked).toHaveLength(3);
    expect(look.getSnapshot()).toMatchObject({ page: 3, failure: "broken", isOver: false });
    look.dispose();
    expect([desk.ends, desk.isWaiting]).toEqual([1, false]);
  });

  it("shows what was drawn, without letters that steer", async () => {
    const look = await openLook();
    look.draw(2, 100);
    await desk.until(2);
    desk.say({ kind: "drawn", id: 1, bitmap: BITMAP, text: "late" });
    desk.say({ kind: "drawn", id: 2, bitmap: BITMAP, text: "left\u202eright\nnext" });
    await vi.waitFor(() => expect(look.getSnapshot().shown).toEqual({ number: 2, bitmap: BITMAP, text: "leftright\nnext" }));
  });

  it("B5: a file that is too large is not read at all, and one that is gone or cannot be opened here says so", async () => {
    const read = vi.fn(async () => undefined);
    expect(await over(new PdfLook({ bytes: MAX_PDF_BYTES + 1, read }, desk.deps))).toBe("tooLarge");
    expect(read).not.toHaveBeenCalled();
    expect(await over(new PdfLook({ bytes: 5, read }, desk.deps))).toBe("gone");
    desk.canOpen = false;
    expect(await over(new PdfLook(source(), desk.deps))).toBe("unavailable");
    expect(desk.asked).toEqual([]);
  });

  it("B5: what does not answer in time is ended, while it opens and while it draws", async () => {
    const opening = new PdfLook(source(), desk.deps);
    await desk.until(1);
    desk.passTime();
    expect([await over(opening), desk.ends]).toEqual(["tooSlow", 1]);
    desk = new Desk();
    const look = await openLook();
    expect(desk.isWaiting).toBe(false);
    look.draw(1, 100);
    await desk.until(2);
    desk.passTime();
    expect([await over(look), desk.ends]).toEqual(["tooSlow", 1]);
    look.draw(2, 100);
    expect(desk.asked).toHaveLength(2);
  });

  it("B5: a worker that lies about pages, pixels or letters is ended, and one that asks again and again is given once", async () => {
    for (const pages of [0, -1, 1.5, Number.NaN, "3", undefined]) {
      desk = new Desk();
      const look = new PdfLook(source(), desk.deps);
      await desk.until(1);
      desk.say({ kind: "opened", id: 1, pages });
      expect([await over(look), desk.ends]).toEqual(["broken", 1]);
    }
    // What was not asked for, and what is no answer at all.
    for (const wrong of [{ kind: "drawn", id: 1, bitmap: BITMAP, text: "" }, null, 7]) {
      desk = new Desk();
      const look = new PdfLook(source(), desk.deps);
      await desk.until(1);
      desk.say(wrong);
      expect([await over(look), desk.ends]).toEqual(["broken", 1]);
    }
    desk = new Desk();
    const look = await openLook(MAX_PDF_PAGES + 1);
    expect(look.getSnapshot()).toMatchObject({ pages: MAX_PDF_PAGES, isCut: true });
    look.draw(Number.NaN, 100);
    look.draw(1, 100);
    await desk.until(2);
    for (const part of ["jbig2.wasm", "jbig2.wasm", "../client-worker.js", "openjpeg.wasm"]) desk.say({ kind: "wants", part });
    await desk.until(4);
    expect(desk.parts).toEqual(["jbig2.wasm", "openjpeg.wasm"]);
    for (const wrong of [
      { bitmap: "none", text: "" },
      { bitmap: { width: 4_000, height: 4_000 }, text: "" },
      { bitmap: BITMAP },
    ]) {
      desk = new Desk();
      const one = await openLook();
      one.draw(1, 100);
      await desk.until(2);
      desk.say({ kind: "drawn", id: 2, ...wrong });
      expect([await over(one), desk.ends]).toEqual(["broken", 1]);
    }
  });

  it("B5: a worker that stops by an error ends it, and so do a file that is locked and one that is none", async () => {
    for (const fault of ["locked", "broken"] as const) {
      desk = new Desk();
      const look = new PdfLook(source(), desk.deps);
      await desk.until(1);
      desk.say({ kind: "failed", id: 1, fault });
      expect([await over(look), desk.ends]).toEqual([fault, 1]);
    }
    desk = new Desk();
    const look = await openLook();
    desk.fail();
    expect([await over(look), desk.ends]).toEqual(["unavailable", 1]);
  });
});
