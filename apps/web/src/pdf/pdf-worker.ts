// The script of the worker that takes a PDF apart. It runs in the frame without an origin (protocol/sandbox.ts): it has no storage, no
// network, and a port to the page.
import type { PdfAnswer, PdfPart, PdfRequest } from "../protocol/pdf-protocol.ts";
import type { SandboxedStart } from "../protocol/sandbox.ts";
import { limitAllocations } from "./allocations.ts";
import { faultOf, PdfDocument } from "./pdf-document.ts";

declare const self: DedicatedWorkerGlobalScope & typeof globalThis;

limitAllocations(self);

self.addEventListener("message", ({ data }: MessageEvent<SandboxedStart>) => {
  if (data.port instanceof MessagePort) serve(data.port);
});

function serve(port: MessagePort): void {
  const wanted = new Map<PdfPart, PromiseWithResolvers<Uint8Array<ArrayBuffer> | undefined>>();
  let document: PdfDocument | undefined;

  function fetchPart(part: PdfPart): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const known = wanted.get(part);
    if (known !== undefined) return known.promise;
    const waiting = Promise.withResolvers<Uint8Array<ArrayBuffer> | undefined>();
    wanted.set(part, waiting);
    say({ kind: "wants", part });
    return waiting.promise;
  }

  async function answer(request: Exclude<PdfRequest, { readonly kind: "give" }>): Promise<PdfAnswer> {
    const { id } = request;
    try {
      if (request.kind === "open") {
        document = await PdfDocument.open(request.bytes, fetchPart);
        return { kind: "opened", id, pages: document.pages };
      }
      const drawn = await document?.draw(request.page, request.width);
      return drawn === undefined ? { kind: "failed", id, fault: "broken" } : { kind: "drawn", id, ...drawn };
    } catch (error) {
      return { kind: "failed", id, fault: faultOf(error) };
    }
  }

  function say(message: PdfAnswer): void {
    port.postMessage(message, message.kind === "drawn" ? [message.bitmap] : []);
  }

  port.onmessage = ({ data }: MessageEvent<PdfRequest>) => {
    if (data.kind === "give") wanted.get(data.part)?.resolve(data.bytes === undefined ? undefined : new Uint8Array(data.bytes));
    else void answer(data).then(say);
  };
}
