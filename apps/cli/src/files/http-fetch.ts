// What blobs need of `fetch`, over Node's own HTTP: without the copies of a body and the layers of streams that make its `fetch` cost
// three times as much for each byte. Follows no redirects.
import { type IncomingMessage, request as requestPlainly } from "node:http";
import { request as requestSafely } from "node:https";
import type { Socket } from "node:net";
import { giveBack } from "@p2pcrypt/bytes";
import type { BlobFetch } from "@p2pcrypt/client";

type Fetch = BlobFetch<AbortSignal, readonly Uint8Array[]>;

/** An answer that is read as text is a refusal: a few fields of JSON. */
const MAX_TEXT_BYTES = 65_536;

export const httpFetch: Fetch = (url, { method, headers, body = [], signal }) =>
  new Promise((resolve, reject) => {
    const bytes = body.reduce((sum, { length }) => sum + length, 0);
    const length = method === "GET" ? {} : { "content-length": String(bytes) };
    const request = url.startsWith("https:") ? requestSafely : requestPlainly;
    const sent = request(url, { method, headers: { ...headers, ...length }, signal }, (answer) => {
      const { statusCode: status = 0 } = answer;
      // What is not read would hold the connection.
      if (method !== "GET" && status < 300) answer.resume();
      const answered = (): void =>
        resolve({
          status,
          headers: { get: (name) => [answer.headers[name.toLowerCase()] ?? []].flat()[0] ?? null },
          text: () => textOf(answer),
          body: { getReader: () => readerOf(answer) },
        });
      // Whoever hears that all was taken may free it, and a node may say so before all has left.
      if (status >= 300 || bytes === 0 || sent.writableFinished) answered();
      else sent.once("finish", answered);
    });
    sent.on("error", reject);
    sent.on("socket", freeWhatIsParsed);
    for (const piece of body) sent.write(piece);
    sent.end();
  });

/** The parser of HTTP copies what a socket read. It listens anew for each request, and has to come first. */
function freeWhatIsParsed(socket: Socket): void {
  socket.off("data", giveBack).on("data", giveBack);
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MAX_TEXT_BYTES) break;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function readerOf(answer: IncomingMessage): ReturnType<NonNullable<Awaited<ReturnType<Fetch>>["body"]>["getReader"]> {
  const parts = (answer as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  return {
    read: async () => {
      const next = await parts.next();
      if (next.done === true) return { done: true };
      const { buffer, byteOffset, byteLength } = next.value;
      return { done: false, value: new Uint8Array(buffer, byteOffset, byteLength) };
    },
    cancel: async () => {
      answer.destroy();
    },
  };
}
