// How large a page is drawn, whatever size it says it has.
import { MAX_PAGE_PIXELS, MAX_PAGE_SIDE } from "../protocol/pdf-protocol.ts";

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What its size is to be multiplied by: as wide as wanted, or as large as it may be. @throws {RangeError} for one without a size */
export function scaleFor({ width, height }: Size, wanted: number): number {
  if (!(width > 0 && height > 0 && Number.isFinite(width * height))) throw new RangeError("a page without a size");
  return Math.min(wanted / width, MAX_PAGE_SIDE / Math.max(width, height), Math.sqrt(MAX_PAGE_PIXELS / (width * height)));
}
