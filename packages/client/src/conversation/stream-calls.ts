// What a member asks of the node about a stream: that it exists, and that a commit takes the next position, with the new configuration
// that belongs to it.
import {
  ApiError,
  adminAppendBytes,
  configurationHash,
  configureBytes,
  limits,
  recordHash,
  tokenHash,
  toStreamId,
} from "@p2pcrypt/api";
import { decodeHex, encodeHex } from "@p2pcrypt/bytes";
import type { Session } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import type { NodeLink } from "../net/node-link.ts";
import type { ClaimRow, GroupRow } from "../store/rows.ts";

/** Creates the stream unless it is there: a repetition after a lost answer is no error. */
export async function createStream(link: NodeLink, { place, tokens, firstAdmins }: GroupRow): Promise<void> {
  try {
    await link.call("stream.create", {
      stream: toStreamId(place.stream),
      kind: "conversation",
      readTokenHash: tokenHash(tokens.readToken),
      writeTokenHash: tokenHash(tokens.writeToken),
      admins: [...firstAdmins],
    });
  } catch (error) {
    // Made before, and configured since by a commit whose answer was lost: reading it shows whether it is this one.
    if (!(error instanceof ApiError && error.code === "exists")) throw error;
  }
}

/**
 * Asks for the next position for a commit. The idempotency key follows from record and position.
 * @throws {ApiError} among others `positionTaken`, `versionConflict`, `membersLaneClosed` and `forbidden`.
 */
export async function appendHandshake(
  core: Core,
  link: NodeLink,
  { group, session, claim }: { readonly group: GroupRow; readonly session: Session; readonly claim: ClaimRow },
): Promise<void> {
  const position = session.positions + 1;
  const stream = toStreamId(group.place.stream);
  const { record } = claim;
  const { self, streamAdminKeys } = session;
  const isListed = streamAdminKeys.some(({ deviceId }) => encodeHex(deviceId) === encodeHex(self.deviceId));
  const signedBytes = adminAppendBytes({ node: group.place.nodeId, stream }, { position, record });
  const admin = isListed ? await signed(core, group, signedBytes) : undefined;
  const configure =
    claim.configuration === undefined
      ? undefined
      : await configuration(core, link, { group, session, position, wanted: claim.configuration });
  await link.call(
    "stream.append",
    {
      stream,
      kind: "handshake",
      record,
      idempotencyKey: idempotencyKeyOf(record, position),
      position,
      ...(admin === undefined ? {} : { admin }),
      ...(configure === undefined ? {} : { configure }),
    },
    { capability: group.tokens.writeToken, isLarge: record.length > limits.MAX_PUSHED_RECORD_BYTES },
  );
}

function idempotencyKeyOf(record: Uint8Array, position: number): Uint8Array {
  return recordHash(new Uint8Array([...recordHash(record), ...decodeHex(position.toString(16).padStart(16, "0"))])).slice(0, 16);
}

interface WantedConfiguration {
  readonly group: GroupRow;
  readonly session: Session;
  readonly position: number;
  readonly wanted: NonNullable<ClaimRow["configuration"]>;
}

async function configuration(core: Core, link: NodeLink, { group, session, position, wanted }: WantedConfiguration) {
  const { place, tokens } = group;
  const stream = toStreamId(place.stream);
  const where = { node: place.nodeId, stream };
  const { configuration: present } = await link.call("stream.describe", { stream }, { capability: tokens.readToken });
  const next = wanted.isRemoval ? await session.pendingStreamTokens(place.stream, position) : undefined;
  const change = {
    addAdmins: [...wanted.addAdmins],
    removeAdmins: [...wanted.removeAdmins],
    ...(next === undefined ? {} : { readTokenHash: tokenHash(next.readToken), writeTokenHash: tokenHash(next.writeToken) }),
  };
  const version = present.version + 1;
  const previous = configurationHash(where, present);
  const { key, signature } = await signed(core, group, configureBytes(where, { version, previous, change }));
  return { version, previous, change, admin: key, signature };
}

async function signed(
  { deps: { crypto } }: Core,
  { adminSecretKey }: GroupRow,
  bytes: Uint8Array,
): Promise<{ key: Uint8Array; signature: Uint8Array }> {
  return { key: await crypto.signaturePublicKey(adminSecretKey), signature: await crypto.sign(adminSecretKey, bytes) };
}
