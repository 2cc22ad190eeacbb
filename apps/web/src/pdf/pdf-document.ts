// A PDF, taken apart and drawn by pdf.js on canvases of this worker. Scripts in a PDF are not run: what would run them is not part of the
// build. Nothing is fetched: letters whose fonts a file does not bring along come from the device's, and the decoders that few files need
// are asked for over the port.
import "pdfjs-dist/build/pdf.worker.mjs";
import { getDocument, PasswordException, type PDFDocumentProxy } from "pdfjs-dist";
import { MAX_PAGE_LETTERS, MAX_PAGE_PIXELS, PDF_PARTS, type PdfFault, type PdfPart } from "../protocol/pdf-protocol.ts";
import { scaleFor } from "./page-size.ts";

export type FetchPart = (part: PdfPart) => Promise<Uint8Array<ArrayBuffer> | undefined>;

export interface DrawnPdfPage {
  readonly bitmap: ImageBitmap;
  readonly text: string;
}

/** Of one picture in it. */
const MAX_IMAGE_PIXELS = 24_000_000;

export class PdfDocument {
  readonly #document: PDFDocumentProxy;

  private constructor(document: PDFDocumentProxy) {
    this.#document = document;
  }

  /** @throws what `faultOf` tells apart. */
  static async open(bytes: ArrayBuffer, fetchPart: FetchPart): Promise<PdfDocument> {
    const task = getDocument({
      data: new Uint8Array(bytes),
      // A worker has the part of a document that is asked for: its fonts.
      ownerDocument: globalThis,
      CanvasFactory: Canvases,
      FilterFactory: NoFilters,
      BinaryDataFactory: partsFrom(fetchPart),
      wasmUrl: "./",
      useWorkerFetch: false,
      disableWorkerRendering: true,
      maxImageSize: MAX_IMAGE_PIXELS,
      canvasMaxAreaInBytes: MAX_PAGE_PIXELS * 4,
      enableXfa: false,
      verbosity: 0,
    } as never);
    return new PdfDocument(await task.promise);
  }

  get pages(): number {
    return this.#document.numPages;
  }

  /** `width` in pixels, unless the page would be larger than it may be. */
  async draw(number: number, width: number): Promise<DrawnPdfPage> {
    const page = await this.#document.getPage(number);
    try {
      const natural = page.getViewport({ scale: 1 });
      const viewport = page.getViewport({ scale: scaleFor(natural, width) });
      const canvas = new OffscreenCanvas(pixels(viewport.width), pixels(viewport.height));
      // Its types know the canvas of a page only; a worker's does the same.
      await page.render({ canvas: canvas as never, viewport }).promise;
      return { bitmap: canvas.transferToImageBitmap(), text: await lettersOf(page) };
    } finally {
      page.cleanup();
    }
  }
}

export function faultOf(error: unknown): PdfFault {
  return error instanceof PasswordException ? "locked" : "broken";
}

const pixels = (length: number): number => Math.max(1, Math.floor(length));

/** The letters of a page in the order in which they are written. */
async function lettersOf(page: Awaited<ReturnType<PDFDocumentProxy["getPage"]>>): Promise<string> {
  let text = "";
  const reader = page.streamTextContent().getReader();
  while (text.length < MAX_PAGE_LETTERS) {
    const { done, value } = await reader.read();
    if (done) return text;
    for (const item of value.items) if ("str" in item) text += item.hasEOL ? `${item.str}\n` : item.str;
  }
  await reader.cancel();
  return text.slice(0, MAX_PAGE_LETTERS);
}

function partsFrom(fetchPart: FetchPart) {
  return class {
    async fetch({ filename }: { readonly filename: string }): Promise<Uint8Array<ArrayBuffer>> {
      const part = PDF_PARTS.find((name) => name === filename);
      const bytes = part === undefined ? undefined : await fetchPart(part);
      // The library goes on without: what needed it is left out.
      if (bytes === undefined) throw new TypeError("not part of this build");
      return bytes;
    }
  };
}

interface Drawing {
  canvas: OffscreenCanvas | null;
  context: OffscreenCanvasRenderingContext2D | null;
}

/** The library's own makes elements. */
class Canvases {
  create(width: number, height: number): Drawing {
    const canvas = new OffscreenCanvas(width, height);
    return { canvas, context: canvas.getContext("2d", { willReadFrequently: true }) };
  }

  reset({ canvas }: Drawing, width: number, height: number): void {
    if (canvas !== null) Object.assign(canvas, { width, height });
  }

  destroy(drawing: Drawing): void {
    if (drawing.canvas !== null) Object.assign(drawing.canvas, { width: 0, height: 0 });
    drawing.canvas = null;
    drawing.context = null;
  }

  getNoAlphaContext(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D | null {
    return canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  }
}

/** Filters are elements of a page. The library does without in its own workers, too. */
class NoFilters {
  addFilter = none;
  addHCMFilter = none;
  addAlphaFilter = none;
  addLuminosityFilter = none;
  addKnockoutFilter = none;
  addHighlightHCMFilter = none;
  addSelectionHCMFilter = none;
  addSelectionFilter = none;
  createSelectionStyle = () => null;
  destroy = () => undefined;
}

function none(): string {
  return "none";
}
