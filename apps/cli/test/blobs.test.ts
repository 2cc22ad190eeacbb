// Blobs at a real node: a process that is killed, connections that break, and what the HTTP of the world makes of it.
import { createHash, randomBytes } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { encodeUploadMetadata, tokenHash } from "@p2pcrypt/api";
import { encodeBase64Url } from "@p2pcrypt/bytes";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { scaled } from "../../../packages/testkit/test/support/scale.ts";
import { killed, type NodeProcess, Place } from "./support/processes.ts";

const KILLS = process.env["P2PCRYPT_SLOW"] === "1" ? scaled(200) : 8;
const MIB = 1024 * 1024;

let place: Place;
let node: NodeProcess;
beforeEach(async () => {
  place = new Place();
  node = await place.node({ flags: ["--rate-limits", "off"] });
});
afterEach(() => place.end());

interface Blob {
  readonly id: string;
  readonly write: Record<string, string>;
  readonly read: Record<string, string>;
}

async function created(size: number): Promise<Blob> {
  const [id, writeToken, readToken] = [randomBytes(32), randomBytes(32), randomBytes(32)].map((one) => new Uint8Array(one));
  if (id === undefined || writeToken === undefined || readToken === undefined) throw new Error("three are made");
  const blob = encodeBase64Url(id);
  const by = (token: Uint8Array) => ({ authorization: `Bearer ${encodeBase64Url(token)}`, "tus-resumable": "1.0.0" });
  const metadata = encodeUploadMetadata({ blob, readTokenHash: tokenHash(readToken) });
  const headers = { ...by(writeToken), "upload-length": String(size), "upload-metadata": metadata };
  const answer = await fetch(`${node.url}/v1/blobs`, { method: "POST", headers });
  expect([answer.status, answer.headers.get("location")]).toEqual([201, `/v1/blobs/${blob}`]);
  return { id: blob, write: by(writeToken), read: by(readToken) };
}

async function offsetOf(blob: Blob): Promise<number> {
  const answer = await fetch(`${node.url}/v1/blobs/${blob.id}`, { method: "HEAD", headers: blob.write });
  expect(answer.status).toBe(200);
  return Number(answer.headers.get("upload-offset"));
}

/** A request that sends as it is told to. The answer, or undefined when the connection broke before. */
function patching(
  blob: Blob,
  offset: number,
): { readonly request: ClientRequest; readonly answer: Promise<IncomingMessage | undefined> } {
  const headers = { ...blob.write, "upload-offset": String(offset), "content-type": "application/offset+octet-stream" };
  const request = httpRequest(`${node.url}/v1/blobs/${blob.id}`, { method: "PATCH", headers });
  const answer = new Promise<IncomingMessage | undefined>((resolve) => {
    request.on("response", (response) => {
      response.resume();
      resolve(response);
    });
    request.on("error", () => resolve(undefined));
    request.on("close", () => resolve(undefined));
  });
  return { request, answer };
}

const sent = (request: ClientRequest, bytes: Uint8Array): Promise<void> =>
  new Promise((resolve) => request.write(bytes, () => resolve()));

async function downloaded(blob: Blob): Promise<Buffer> {
  const answer = await fetch(`${node.url}/v1/blobs/${blob.id}`, { headers: blob.read });
  expect(answer.status).toBe(200);
  return Buffer.from(await answer.arrayBuffer());
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe("blobs at a node that runs", () => {
  it(`B1: ${KILLS} times kill -9 at some byte of an upload: it goes on where the node says, and is the same in the end`, {
    timeout: KILLS * 15_000,
  }, async () => {
    const content = new Uint8Array(randomBytes(KILLS * 3 * MIB));
    const blob = await created(content.length);
    let acknowledged = 0;
    for (let n = 0; n < KILLS; n++) {
      const offset = await offsetOf(blob);
      expect(offset).toBeGreaterThanOrEqual(acknowledged);
      // A part that is answered for, then one that is cut off in the middle, also within the pieces that a socket carries.
      const whole = patching(blob, offset);
      whole.request.end(content.subarray(offset, offset + MIB));
      const answer = await whole.answer;
      acknowledged = Number(answer?.headers["upload-offset"]);
      expect([answer?.statusCode, acknowledged]).toEqual([204, offset + MIB]);
      const cut = patching(blob, acknowledged);
      await sent(cut.request, content.subarray(acknowledged, acknowledged + Math.floor(Math.random() * MIB)));
      await killed(node.child);
      await cut.answer;
      node = await place.node({ port: node.port, flags: ["--rate-limits", "off"] });
    }
    const offset = await offsetOf(blob);
    expect(offset).toBeGreaterThanOrEqual(acknowledged);
    const rest = patching(blob, offset);
    rest.request.end(content.subarray(offset));
    expect((await rest.answer)?.statusCode).toBe(204);
    expect(sha256(await downloaded(blob))).toBe(sha256(content));
  });

  it("B1: a connection that breaks keeps a beginning of what was sent, and the upload goes on behind it", async () => {
    const content = new Uint8Array(randomBytes(4 * MIB));
    const blob = await created(content.length);
    for (const size of [1, 65_535, 65_536, 65_537, 300_000, MIB]) {
      const before = await offsetOf(blob);
      const { request, answer } = patching(blob, before);
      await sent(request, content.subarray(before, before + size));
      request.destroy();
      await answer;
      expect(await offsetOf(blob)).toBeLessThanOrEqual(before + size);
    }
    // The node may hear of the last break later than we ask: a conflict says where it stands then.
    for (let offset = await offsetOf(blob); offset < content.length; ) {
      const { request, answer } = patching(blob, offset);
      request.end(content.subarray(offset));
      const said = await answer;
      expect([204, 409]).toContain(said?.statusCode);
      offset = Number(said?.headers["upload-offset"] ?? (await offsetOf(blob)));
    }
    expect(sha256(await downloaded(blob))).toBe(sha256(content));
  });

  it("frees a deleted blob's room at once", async () => {
    const blob = await created(MIB);
    const { request, answer } = patching(blob, 0);
    request.end(randomBytes(MIB));
    await answer;
    const bytesOnDisk = (): number =>
      readdirSync(join(place.folder, "node", "blobs"), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /^[0-9a-f]{64}$/.test(entry.name))
        .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
    expect(bytesOnDisk()).toBe(MIB);
    await fetch(`${node.url}/v1/blobs/${blob.id}`, { method: "DELETE", headers: blob.write });
    expect(bytesOnDisk()).toBe(0);
  });
});
