// A conversation goes on at another node (spec/protocol/conversation.md section 10): an administrator makes a stream there that continues
// the positions, puts the commit that names it into both, and everybody who reads the commit follows.
import { initialChain, toStreamId } from "@p2pcrypt/api";
import { compareBytes, encodeHex, equalBytes } from "@p2pcrypt/bytes";
import type { IdentityId, Place, Session } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import { isListed } from "../group/plan.ts";
import { unmetWishes } from "../group/wishes.ts";
import type { GroupRow, TokensRow } from "../store/group-rows.ts";
import type { FormerStreamRow, MoveOfferRow, MoveRow } from "../store/move-rows.ts";
import type { ThreadRow } from "../store/rows.ts";
import type { Tx } from "../store/tx.ts";
import type { PlannedCommit } from "./membership.ts";
import { resend } from "./outbox.ts";

/** How long whoever moved a conversation leaves the old stream to those who come late. */
const FORMER_MS = 60 * 86_400_000;

const MAX_LEFT = 16;
const MAX_OFFERS = 4;

/** A member says that the conversation goes on elsewhere. It is looked at when that place can be reached. */
export function noteOffer(
  core: Core,
  tx: Tx,
  { groupId, place, positions }: { readonly groupId: Uint8Array; readonly place: Place; readonly positions: number },
  by?: IdentityId,
): void {
  const { groups } = core.tables;
  const group = tx.get(groups, encodeHex(groupId));
  if (group?.state !== "active") return;
  const isMember = by === undefined || group.roster.some(({ identityId }) => identityId === by);
  const was = [group.place.stream, group.claim?.move?.place.stream].map((stream) => encodeHex(stream ?? new Uint8Array(0)));
  const isKnown = [...was, ...(group.leftStreams ?? [])].includes(encodeHex(place.stream));
  if (!isMember || isKnown) return;
  // One of each member: what one of them says does not push out what others do.
  const others = (group.offers ?? []).filter(
    (one) => !equalBytes(one.place.stream, place.stream) && (by === undefined || one.by !== by),
  );
  const offer: MoveOfferRow = { place, positions, ...(by === undefined ? {} : { by }), atMs: core.nowMs };
  tx.put(groups, group.groupId, { ...group, offers: [...others, offer].slice(-MAX_OFFERS) });
}

/** The next commit, when a move is wished for and its node can be reached. */
export function planMove(core: Core, group: GroupRow, session: Session): PlannedCommit | undefined {
  const wish = unmetWishes(group, session).find(({ kind }) => kind === "move");
  if (wish?.kind !== "move" || !isListed(session, session.self)) return undefined;
  const { nodeId, nodeUrl } = wish;
  const link = core.links.to(nodeUrl);
  if (!link.isConnected || link.facts?.nodeId !== nodeId) return undefined;
  const moveTo: Place = { nodeId, nodeUrl, stream: core.deps.random(32) };
  const change = { kind: "context", location: [moveTo] } as const;
  return { change, adds: [], addAdmins: [], removeAdmins: [], isRemoval: false, moveTo };
}

/** What the stream at the new place is made from. `committed` has the commit pending. */
export async function moveRowOf(session: Session, committed: Session, place: Place): Promise<MoveRow> {
  const configVersion = session.positions + 1;
  const next = await committed.pendingStreamTokens(place.stream, configVersion);
  if (next === undefined) throw new RangeError("the commit is pending");
  return {
    place,
    admins: session.streamAdminKeys.map(({ key }) => key).sort(compareBytes),
    first: { configVersion, ...(await session.streamTokens(place.stream, configVersion)) },
    next: { configVersion, ...next },
  };
}

/** Somebody else is where this device moved: what was said there is heard. */
export function noteCompany(core: Core, tx: Tx, groupId: string): void {
  const group = tx.get(core.tables.groups, groupId);
  if (group?.alone === undefined) return;
  const { alone, ...rest } = group;
  for (const id of alone) tx.delete(core.tables.outbox, id);
  tx.put(core.tables.groups, groupId, rest);
}

/** Whoever comes by another way than the log of this place has read nothing of what was said there alone. */
export function sayAgain(core: Core, tx: Tx, groupId: string): void {
  const { groups, threads } = core.tables;
  const group = tx.get(groups, groupId);
  const thread = group === undefined ? undefined : tx.get(threads, group.threadId);
  if (group?.alone === undefined || thread === undefined) return;
  const again: ThreadRow = { ...thread, outbox: [...group.alone, ...thread.outbox] };
  tx.put(threads, thread.id, again);
  tx.put(groups, groupId, { ...group, alone: [] });
  resend(core, tx, again);
}

/** Nobody was told of the stream that was made: it is deleted when its node can be reached. */
export function withAbandoned(group: GroupRow, { place, first, next }: MoveRow, nowMs: number): GroupRow {
  const row: FormerStreamRow = { place, readTokens: [first.readToken, next.readToken], untilMs: nowMs };
  return { ...group, former: [...(group.former ?? []), row] };
}

/**
 * The commit that names another place was applied: everything goes on there. What was on its way is sealed again; whatever of it others
 * read before is recognised by its id.
 */
export async function follow(
  core: Core,
  tx: Tx,
  group: GroupRow,
  { before, after, isOwn }: { readonly before: Session; readonly after: Session; readonly isOwn: boolean },
): Promise<void> {
  const [place] = after.location;
  if (place === undefined) return;
  const { groups, threads } = core.tables;
  const { checkpoint: _, trail: __, sealed: ___, offers: ____, rival: _____, place: left, tokens, ...rest } = group;
  const { former = [] } = group;
  const configVersion = after.positions;
  const old: FormerStreamRow = { place: left, readTokens: [tokens.readToken], untilMs: core.nowMs + FORMER_MS };
  const next: TokensRow = { configVersion, ...(await after.streamTokens(place.stream, configVersion)) };
  const chain = initialChain({ node: place.nodeId, stream: toStreamId(place.stream) });
  tx.put(groups, group.groupId, {
    ...rest,
    place,
    tokens: next,
    cursor: { seq: 0, chain, positions: before.positions, handshakeChain: before.handshakeHead },
    lastMove: { place, positions: before.positions },
    leftStreams: [...(group.leftStreams ?? []), encodeHex(left.stream)].slice(-MAX_LEFT),
    // A stream that was given up before is needed again when its commit came into the log all the same.
    ...(isOwn ? { former: [...former.filter((one) => !equalBytes(one.place.stream, place.stream)), old] } : {}),
  });
  const thread = tx.get(threads, group.threadId);
  if (thread !== undefined) resend(core, tx, thread);
}
