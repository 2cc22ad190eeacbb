// Operations of a node, one request each, as somebody without an identity makes them.
import { randomBytes } from "node:crypto";
import {
  ApiError,
  configurationHash,
  deleteStreamBytes,
  type OperationName,
  operation,
  parseErrorBody,
  type RequestOf,
  type ResponseOf,
  type StreamId,
  toHttpCall,
  tokenHash,
  toStreamId,
  toWire,
} from "@p2pcrypt/api";
import { encodeBase64Url } from "@p2pcrypt/bytes";
import { signer } from "../ed25519.ts";

const TIMEOUT_MS = 10_000;

/** @throws {ApiError} the node's refusal. @throws {TypeError} when there is no answer, or none of a node. */
export async function callNode<Name extends OperationName>(
  url: string,
  name: Name,
  request: RequestOf<Name>,
  capability?: Uint8Array,
): Promise<ResponseOf<Name>> {
  const wire = Object.fromEntries(Object.entries(toWire(operation(name).request, request) ?? {}));
  const { method, target, body } = toHttpCall(name, wire);
  const answer = await fetch(url + target, {
    method,
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(capability === undefined ? {} : { authorization: `Bearer ${encodeBase64Url(capability)}` }),
    },
    ...(body === undefined ? {} : { body }),
  });
  const value: unknown = await answer.json().catch(() => undefined);
  if (answer.status !== 200) throw parseErrorBody(value) ?? new TypeError(`status ${answer.status}`);
  const read = operation(name).response.safeParse(value);
  if (!read.success) throw new TypeError("not a node's answer");
  return read.data as ResponseOf<Name>;
}

export interface TemporaryStream {
  readonly stream: StreamId;
  readonly writeToken: Uint8Array;
  /** Deletes it. */
  remove(): Promise<void>;
}

/** A stream for the time of a test: it shows that the node stores, and its lease opens the relay. @throws as `callNode` */
export async function createTemporaryStream(url: string, node: string): Promise<TemporaryStream> {
  const [stream, readToken, writeToken] = [toStreamId(random(32)), random(32), random(32)];
  const { publicKey, sign } = signer(random(32));
  const { configuration } = await callNode(url, "stream.create", {
    stream,
    kind: "conversation",
    readTokenHash: tokenHash(readToken),
    writeTokenHash: tokenHash(writeToken),
    admins: [publicKey],
  });
  return {
    stream,
    writeToken,
    remove: async () => {
      const place = { node, stream };
      const signature = sign(deleteStreamBytes(place, configurationHash(place, configuration)));
      await callNode(url, "stream.delete", { stream, admin: publicKey, signature });
    },
  };
}

/** The code of a refusal; undefined for what is none. */
export function refusalOf(error: unknown): string | undefined {
  return error instanceof ApiError ? error.code : undefined;
}

function random(size: number): Uint8Array {
  return new Uint8Array(randomBytes(size));
}
