// A look at a PDF: one page at a time, drawn by a worker without an origin (protocol/pdf-protocol.ts). What the worker answers is looked
// at before it is believed, and a worker that does not answer in time is ended.
import {
  MAX_PAGE_LETTERS,
  MAX_PAGE_PIXELS,
  PDF_PARTS,
  type PdfAnswer,
  type PdfFault,
  type PdfPart,
  type PdfRequest,
} from "../protocol/pdf-protocol.ts";
import { shownText } from "../text/printable.ts";
import { Model } from "./model.ts";

/** Read as a whole; larger ones are saved. */
export const MAX_PDF_BYTES = 64 * 2 ** 20;
/** That are turned to; there are few longer books. */
export const MAX_PDF_PAGES = 5_000;
/** For opening it, and for each page. Also what bounds its memory: a file that is made for it takes some 100 MB in a second. */
export const PDF_STEP_MS = 10_000;

/** `gone`: the file is not here any more; `unavailable`: there is no place here to take it apart in. */
export type PdfFailure = PdfFault | "tooLarge" | "tooSlow" | "gone" | "unavailable";

export interface PdfPage {
  readonly number: number;
  readonly bitmap: ImageBitmap;
  readonly text: string;
}

export interface PdfSnapshot {
  /** Nothing more comes; `failure` says why. */
  readonly isOver: boolean;
  /** Of the whole; while it is not over, of the page that is asked for. */
  readonly failure: PdfFailure | undefined;
  /** Undefined until it is known. */
  readonly pages: number | undefined;
  /** There are more than are turned to. */
  readonly isCut: boolean;
  /** Asked for. */
  readonly page: number;
  readonly shown: PdfPage | undefined;
}

/** As platform/sandbox.ts has one. */
export interface PdfPlace {
  readonly port: MessagePort;
  end(): void;
}

export interface PdfLookDeps {
  /** `failed`: it cannot be, or stopped by an error. Rejects when what runs in it cannot be had. */
  readonly open: (failed: () => void) => Promise<PdfPlace>;
  readonly part: (name: PdfPart) => Promise<ArrayBuffer>;
  readonly isBitmap: (value: unknown) => boolean;
  readonly after: (delayMs: number, run: () => void) => () => void;
}

export interface PdfSource {
  readonly bytes: number;
  readonly read: (at: number, size: number) => Promise<Uint8Array<ArrayBuffer> | undefined>;
}

interface Wish {
  readonly page: number;
  readonly width: number;
}

export class PdfLook extends Model<PdfSnapshot> {
  readonly #deps: PdfLookDeps;
  #place: PdfPlace | undefined;
  #lastId = 0;
  /** The request that waits for its answer. */
  #asked: { readonly id: number; readonly page: number; readonly stop: () => void } | undefined;
  /** What is to be drawn next. Only the last wish counts. */
  #wish: Wish | undefined;
  /** Not given yet: each is given once. */
  readonly #parts = new Set<PdfPart>(PDF_PARTS);

  constructor(source: PdfSource, deps: PdfLookDeps) {
    super({ isOver: false, failure: undefined, pages: undefined, isCut: false, page: 1, shown: undefined });
    this.#deps = deps;
    this.until(() => {
      this.#leave();
      this.getSnapshot().shown?.bitmap.close();
    });
    void this.#begin(source);
  }

  /** Draws a page that many pixels wide. */
  draw(page: number, width: number): void {
    const { isOver, pages = MAX_PDF_PAGES } = this.getSnapshot();
    if (isOver || !Number.isSafeInteger(page) || page < 1 || page > pages) return;
    this.#wish = { page, width: Math.max(1, Math.round(width)) };
    this.update({ page, failure: undefined });
    this.#next();
  }

  async #begin(source: PdfSource): Promise<void> {
    const begun = await this.#opened(source).catch(() => "gone" as const); // what is not to be read is not here
    if (typeof begun === "string") {
      this.#end(begun);
      return;
    }
    const { whole, place } = begun;
    this.#place = place;
    if (this.isDisposed || this.getSnapshot().isOver) {
      this.#leave();
      return;
    }
    place.port.onmessage = ({ data }: MessageEvent<PdfAnswer>) => this.#hear(data);
    this.#ask({ kind: "open", id: this.#nextId(), bytes: whole }, 0, [whole]);
  }

  async #opened({ bytes, read }: PdfSource): Promise<PdfFailure | { readonly whole: ArrayBuffer; readonly place: PdfPlace }> {
    if (bytes > MAX_PDF_BYTES) return "tooLarge";
    const whole = await read(0, bytes);
    if (whole?.length !== bytes) return "gone";
    const place = await this.#deps.open(() => this.#end("unavailable")).catch(() => undefined); // offline, and not kept: said as such
    return place === undefined ? "unavailable" : { whole: whole.buffer, place };
  }

  #next(): void {
    const wish = this.#wish;
    if (wish === undefined || this.#asked !== undefined || this.getSnapshot().pages === undefined) return;
    this.#wish = undefined;
    this.#ask({ kind: "draw", id: this.#nextId(), ...wish }, wish.page);
  }

  #nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  #ask(request: Extract<PdfRequest, { readonly id: number }>, page: number, moved: Transferable[] = []): void {
    this.#asked = { id: request.id, page, stop: this.#deps.after(PDF_STEP_MS, () => this.#end("tooSlow")) };
    this.#place?.port.postMessage(request, moved);
  }

  #hear(answer: PdfAnswer): void {
    // The thread that reads may have been taken over by what it reads.
    if (typeof answer !== "object" || answer === null) {
      this.#end("broken");
      return;
    }
    if (answer.kind === "wants") {
      void this.#give(answer.part);
      return;
    }
    const asked = this.#asked;
    if (answer.id !== asked?.id) return;
    asked.stop();
    this.#asked = undefined;
    const fault = this.#faultOf(asked.page, answer);
    if (fault !== undefined) this.#end(fault);
    else this.#next();
  }

  /** Takes an answer. @returns why nothing more is to come of this file */
  #faultOf(page: number, answer: Exclude<PdfAnswer, { readonly kind: "wants" }>): PdfFault | undefined {
    switch (answer.kind) {
      case "opened": {
        const { pages } = answer;
        if (page !== 0 || !Number.isSafeInteger(pages) || pages < 1) return "broken";
        this.update({ pages: Math.min(pages, MAX_PDF_PAGES), isCut: pages > MAX_PDF_PAGES });
        return undefined;
      }
      case "drawn": {
        const { bitmap, text } = answer;
        const isDrawn = page !== 0 && this.#deps.isBitmap(bitmap) && bitmap.width * bitmap.height <= MAX_PAGE_PIXELS;
        if (!isDrawn || typeof text !== "string") return "broken";
        this.getSnapshot().shown?.bitmap.close();
        this.update({ shown: { number: page, bitmap, text: shownText(text.slice(0, MAX_PAGE_LETTERS)) } });
        return undefined;
      }
      case "failed":
        // One page that cannot be drawn says nothing about the others.
        if (page === 0) return answer.fault === "locked" ? "locked" : "broken";
        this.update({ failure: "broken" });
        return undefined;
      default:
        return "broken";
    }
  }

  async #give(part: PdfPart): Promise<void> {
    if (!this.#parts.delete(part)) return;
    const bytes = await this.#deps.part(part).catch(() => undefined); // what needs it is left out
    this.#place?.port.postMessage({ kind: "give", part, bytes } satisfies PdfRequest);
  }

  #end(failure: PdfFailure): void {
    this.#leave();
    this.update({ isOver: true, failure });
  }

  #leave(): void {
    this.#asked?.stop();
    this.#asked = undefined;
    this.#place?.end();
    this.#place = undefined;
  }
}
