// Whether calls can work from here, as far as a client sees it: what the home node answers, and the way to its relay. A stream for a
// moment shows that it stores, and its lease opens the relay. Over HTTP, so that a socket that does not open is one finding of several.
import {
  ApiError,
  configurationHash,
  deleteStreamBytes,
  limits,
  type RequestOf,
  type ResponseOf,
  tokenHash,
  toStreamId,
} from "@p2pcrypt/api";
import type { Core } from "../core.ts";
import type { NodeLook } from "../node-look.ts";
import { ConnectionError } from "../ports.ts";
import { within } from "../run/within.ts";

const ANSWERS_WITHIN_MS = 10_000;
const UNREACHABLE = "unreachable";

export async function lookAtNode(core: Core): Promise<NodeLook> {
  const url = core.account.homeNodeUrl;
  const startedMs = core.nowMs;
  const described = await answered(core, core.deps.transport.call(url, "node.describe", {}, undefined));
  const tookMs = core.nowMs - startedMs;
  const hasSocket = core.links.to(url).isConnected;
  if (typeof described === "string") return { url, hasSocket };
  const { software, version, services, timeMs } = described;
  const hasRelay = services.includes("relay");
  const node = { tookMs, clockAheadMs: timeMs - startedMs - tookMs / 2, software, version, hasRelay };
  return { url, node, hasSocket, ...(await relayOf(core, url, described)) };
}

async function relayOf(
  core: Core,
  url: string,
  { node, services }: ResponseOf<"node.describe">,
): Promise<Pick<NodeLook, "notStored" | "refused" | "relay">> {
  const { random, crypto, transport } = core.deps;
  const [stream, readToken, writeToken, adminSecretKey] = [toStreamId(random(32)), random(32), random(32), random(32)];
  const admin = await crypto.signaturePublicKey(adminSecretKey);
  const terms: RequestOf<"stream.create"> = {
    stream,
    kind: "conversation",
    readTokenHash: tokenHash(readToken),
    writeTokenHash: tokenHash(writeToken),
    admins: [admin],
    retentionMs: limits.MIN_RETENTION_MS,
  };
  const created = await answered(core, transport.call(url, "stream.create", terms, undefined));
  if (typeof created === "string") return { notStored: created };
  const given = services.includes("relay")
    ? await answered(core, transport.call(url, "relay.credentials", { stream }, writeToken))
    : undefined;
  const signed = deleteStreamBytes({ node, stream }, configurationHash({ node, stream }, created.configuration));
  const signature = await crypto.sign(adminSecretKey, signed);
  // What stays there expires within the hour.
  await answered(core, transport.call(url, "stream.delete", { stream, admin, signature }, undefined));
  if (given === undefined) return {};
  if (typeof given === "string") return { refused: given };
  return { relay: { urls: given.urls, username: given.username, credential: given.credential } };
}

/** @returns the code of a refusal in place of an answer. */
async function answered<Answer extends object>(core: Core, call: Promise<Answer>): Promise<Answer | string> {
  try {
    return await within(call, ANSWERS_WITHIN_MS, core.deps.timers, () => new ConnectionError("connection/timeout"));
  } catch (error) {
    if (error instanceof ApiError) return error.code;
    if (error instanceof ConnectionError) return UNREACHABLE;
    throw error;
  }
}
