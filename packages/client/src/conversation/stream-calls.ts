// What a member asks of the node about a stream: that it exists, and that a commit takes the next position, with the new configuration
// that belongs to it.
import {
  ApiError,
  adminAppendBytes,
  type ConfigurationChange,
  type Configure,
  configurationHash,
  configureBytes,
  limits,
  recordHash,
  type StreamPlace,
  tokenHash,
  toStreamId,
} from "@p2pcrypt/api";
import { decodeHex, encodeHex, type RandomBytes } from "@p2pcrypt/bytes";
import type { Place, Session } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import type { NodeLink } from "../net/node-link.ts";
import type { ClaimRow, GroupRow } from "../store/group-rows.ts";

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
  const { record } = claim;
  const { self, streamAdminKeys } = session;
  const isAdmin = streamAdminKeys.some(({ deviceId }) => encodeHex(deviceId) === encodeHex(self.deviceId));
  const change = await changeOf(core, { group, session, position }, claim);
  const configure = change === undefined ? {} : { configure: await configuration(core, link, group, change) };
  await appendAt(core, link, group, { place: group.place, position, record, isAdmin, ...configure });
}

interface PlacedHandshake {
  readonly place: Place;
  readonly position: number;
  readonly record: Uint8Array;
  /** Whether this device's key is one of the stream's. */
  readonly isAdmin: boolean;
  readonly configure?: Configure;
}

/** @throws {ApiError} @throws {ConnectionError} */
export async function appendAt(
  core: Core,
  link: NodeLink,
  group: GroupRow,
  { place, position, record, isAdmin, configure }: PlacedHandshake,
): Promise<void> {
  const stream = toStreamId(place.stream);
  const signedBytes = adminAppendBytes({ node: place.nodeId, stream }, { position, record });
  const admin = isAdmin ? { admin: await signed(core, group, signedBytes) } : {};
  await link.call(
    "stream.append",
    {
      stream,
      kind: "handshake",
      record,
      idempotencyKey: idempotencyKeyOf(record, position),
      position,
      ...admin,
      ...(configure === undefined ? {} : { configure }),
    },
    { capability: group.tokens.writeToken, isLarge: record.length > limits.MAX_PUSHED_RECORD_BYTES },
  );
}

function idempotencyKeyOf(record: Uint8Array, position: number): Uint8Array {
  return recordHash(new Uint8Array([...recordHash(record), ...decodeHex(position.toString(16).padStart(16, "0"))])).slice(0, 16);
}

interface Claimed {
  readonly group: GroupRow;
  readonly session: Session;
  readonly position: number;
}

/** Nobody writes any more where the conversation was. Who comes late still reads. */
function closedFor(random: RandomBytes): ConfigurationChange {
  return { writeTokenHash: tokenHash(random(32)), isMembersLaneOpen: false };
}

/** Puts the commit that moved a conversation into the stream that it left, which takes nothing more if this device may close it. */
export async function appendLast(
  core: Core,
  link: NodeLink,
  left: GroupRow,
  { position, record, isAdmin }: Omit<PlacedHandshake, "place" | "configure">,
): Promise<void> {
  const configure = isAdmin ? { configure: await configuration(core, link, left, closedFor(core.deps.random)) } : {};
  await appendAt(core, link, left, { place: left.place, position, record, isAdmin, ...configure });
}

/** What the node is told in the same step. */
async function changeOf(
  { deps }: Core,
  { group, session, position }: Claimed,
  { configuration: wanted, move }: ClaimRow,
): Promise<ConfigurationChange | undefined> {
  if (move !== undefined) return closedFor(deps.random);
  if (wanted === undefined) return undefined;
  const next = wanted.isRemoval ? await session.pendingStreamTokens(group.place.stream, position) : undefined;
  return {
    addAdmins: [...wanted.addAdmins],
    removeAdmins: [...wanted.removeAdmins],
    ...(next === undefined ? {} : { readTokenHash: tokenHash(next.readToken), writeTokenHash: tokenHash(next.writeToken) }),
  };
}

async function configuration(core: Core, link: NodeLink, group: GroupRow, change: ConfigurationChange): Promise<Configure> {
  const { place, tokens } = group;
  const stream = toStreamId(place.stream);
  const where = { node: place.nodeId, stream };
  const { configuration: present } = await link.call("stream.describe", { stream }, { capability: tokens.readToken });
  const previous = configurationHash(where, present);
  return signedConfiguration(core, group, where, { version: present.version + 1, previous, change });
}

export async function signedConfiguration(
  core: Core,
  group: GroupRow,
  where: StreamPlace,
  next: { readonly version: number; readonly previous: Uint8Array; readonly change: ConfigurationChange },
): Promise<Configure> {
  const { key, signature } = await signed(core, group, configureBytes(where, next));
  const { addAdmins, removeAdmins, ...rest } = next.change;
  const lists = {
    ...(addAdmins === undefined ? {} : { addAdmins: [...addAdmins] }),
    ...(removeAdmins === undefined ? {} : { removeAdmins: [...removeAdmins] }),
  };
  return { ...next, change: { ...rest, ...lists }, admin: key, signature };
}

async function signed(
  { deps: { crypto } }: Core,
  { adminSecretKey }: GroupRow,
  bytes: Uint8Array,
): Promise<{ key: Uint8Array; signature: Uint8Array }> {
  return { key: await crypto.signaturePublicKey(adminSecretKey), signature: await crypto.sign(adminSecretKey, bytes) };
}
