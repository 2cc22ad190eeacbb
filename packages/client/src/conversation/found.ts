// A group of one's own making: the first epoch, the tokens that follow from it, and where its stream will be.
import { initialChain, toStreamId } from "@p2pcrypt/api";
import { encodeHex } from "@p2pcrypt/bytes";
import { encodeCredential } from "@p2pcrypt/identity";
import { createFoundingStatement, type IdentityId, Session } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import { ClientError } from "../failure.ts";
import { EMPTY_CURSOR_CHAIN } from "../store/cursor.ts";
import type { GroupRow } from "../store/group-rows.ts";
import type { ThreadRow } from "../store/rows.ts";
import type { Tx } from "../store/tx.ts";
import { rosterOf } from "./membership.ts";

export function newThread(
  core: Core,
  id: string,
  about: { readonly kind: "direct"; readonly contactId: IdentityId } | { readonly kind: "group" | "self" },
): ThreadRow {
  return {
    id,
    ...about,
    createdMs: core.nowMs,
    entries: 0,
    unread: 0,
    toldArrived: 0,
    toldRead: 0,
    marks: {},
    unsettled: [],
    outbox: [],
  };
}

export interface FoundOptions {
  readonly threadId: string;
  readonly kind: "direct" | "group" | "self";
  /** Of a group. */
  readonly name?: string;
  readonly picture?: Uint8Array | undefined;
}

/** Founds on the home node; the stream is made by the conversation's task. @throws {ClientError} node/unreachable: it was never reached */
export async function foundGroupRow(core: Core, tx: Tx, { threadId, kind, name, picture }: FoundOptions): Promise<GroupRow> {
  const { deps, account, nowMs } = core;
  if (account.homeNodeId === undefined) throw new ClientError({ code: "node/unreachable", nodeUrl: account.homeNodeUrl });
  const device = {
    identityId: account.identityId,
    credential: encodeCredential(account.minimalCertificate, account.device.certificate),
    signatureSecretKey: account.device.signatureSecretKey,
  };
  const founding = await createFoundingStatement(deps.crypto, device, { kind, nowMs });
  const adminSecretKey = deps.random(32);
  const adminKey = await deps.crypto.signaturePublicKey(adminSecretKey);
  const stream = deps.random(32);
  const place = { nodeId: account.homeNodeId, nodeUrl: account.homeNodeUrl, stream };
  const session = await Session.found(core.sessions.deps, {
    device,
    founding,
    location: [place],
    streamAdminKeys: [{ identityId: account.identityId, deviceId: account.device.deviceId, key: adminKey }],
    streamAdminKey: adminKey,
    nowMs,
    ...(name === undefined ? {} : { name }),
    ...(picture === undefined ? {} : { picture }),
  });
  core.sessions.stage(tx, session);
  return {
    groupId: encodeHex(session.groupId),
    threadId,
    place,
    state: "opening",
    tokens: { configVersion: 1, ...(await session.streamTokens(stream, 1)) },
    firstAdmins: [adminKey],
    adminSecretKey,
    cursor: { seq: 0, chain: initialChain({ node: place.nodeId, stream: toStreamId(stream) }), ...EMPTY_CURSOR_CHAIN },
    warnings: [],
    ...rosterOf(session),
    refreshedMs: nowMs,
    adds: [],
  };
}
