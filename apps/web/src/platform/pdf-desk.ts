// What a look at a PDF needs of the page: the script and the decoders of the build, and the frame without an origin.
import jbig2Url from "pdfjs-dist/wasm/jbig2.wasm?url";
import openjpegUrl from "pdfjs-dist/wasm/openjpeg.wasm?url";
import type { PdfLookDeps } from "../model/pdf-look.ts";
import workerUrl from "../pdf/pdf-worker.ts?worker&url";
import type { PdfPart } from "../protocol/pdf-protocol.ts";
import type { Platform } from "./platform.ts";
import { openSandbox } from "./sandbox.ts";

const PARTS: Readonly<Record<PdfPart, string>> = { "jbig2.wasm": jbig2Url, "openjpeg.wasm": openjpegUrl };

export function pdfDesk({ after }: Platform): PdfLookDeps {
  return {
    after,
    isBitmap: (value) => value instanceof ImageBitmap,
    open: async (failed) => openSandbox(window, await fileOf(workerUrl), failed),
    part: (name) => fileOf(PARTS[name]),
  };
}

/** Of the build, by way of the service worker, which looks at its hash. @throws when it cannot be had. */
async function fileOf(url: string): Promise<ArrayBuffer> {
  const answer = await fetch(url, { credentials: "omit" });
  if (!answer.ok) throw new TypeError("a file of this build is missing");
  return answer.arrayBuffer();
}
