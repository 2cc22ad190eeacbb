// What a page and the worker that takes a PDF apart say to each other. Each request has one answer with its id, but for `give`. Nothing
// that comes from the worker is believed: model/pdf-look.ts looks at it first.

/** Decoders of the library that few files need. */
export const PDF_PARTS = ["jbig2.wasm", "openjpeg.wasm"] as const;
export type PdfPart = (typeof PDF_PARTS)[number];

export type PdfRequest =
  | { readonly kind: "open"; readonly id: number; readonly bytes: ArrayBuffer }
  /** A page, from 1, as wide as that many pixels, or as large as it may be. */
  | { readonly kind: "draw"; readonly id: number; readonly page: number; readonly width: number }
  | { readonly kind: "give"; readonly part: PdfPart; readonly bytes: ArrayBuffer | undefined };

/** What is wrong with the file. */
export type PdfFault = "broken" | "locked";

export type PdfAnswer =
  | { readonly kind: "opened"; readonly id: number; readonly pages: number }
  | { readonly kind: "drawn"; readonly id: number; readonly bitmap: ImageBitmap; readonly text: string }
  | { readonly kind: "failed"; readonly id: number; readonly fault: PdfFault }
  | { readonly kind: "wants"; readonly part: PdfPart };

/** Of a page that is drawn: more would take the memory of the device, whatever few bytes it came in. */
export const MAX_PAGE_PIXELS = 12_000_000;
export const MAX_PAGE_SIDE = 8_192;
/** Of the letters of a page, for those who do not see it. */
export const MAX_PAGE_LETTERS = 20_000;
