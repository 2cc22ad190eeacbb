// A conversation goes on at another node (spec/protocol/conversation.md section 10): an administrator makes a stream there that continues
// the positions, puts the commit that names it into both, and everybody who reads the commit follows.
import { initialChain, toStreamId } from "@p2pcrypt/api";
import { compareBytes } from "@p2pcrypt/bytes";
import type { Place, Session } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import { isListed } from "../group/plan.ts";
import { unmetWishes } from "../group/wishes.ts";
import type { FormerStreamRow, GroupRow, MoveRow, TokensRow } from "../store/rows.ts";
import type { Tx } from "../store/tx.ts";
import type { PlannedCommit } from "./membership.ts";
import { resend } from "./outbox.ts";

/** How long whoever moved a conversation leaves the old stream to those who come late. */
const FORMER_MS = 60 * 86_400_000;

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
  const { checkpoint: _, trail: __, sealed: ___, place: left, tokens, ...rest } = group;
  const configVersion = after.positions;
  const old: FormerStreamRow = { place: left, readTokens: [tokens.readToken], untilMs: core.nowMs + FORMER_MS };
  const next: TokensRow = { configVersion, ...(await after.streamTokens(place.stream, configVersion)) };
  const chain = initialChain({ node: place.nodeId, stream: toStreamId(place.stream) });
  tx.put(groups, group.groupId, {
    ...rest,
    place,
    tokens: next,
    cursor: { seq: 0, chain, positions: before.positions, handshakeChain: before.handshakeHead },
    ...(isOwn ? { former: [...(group.former ?? []), old] } : {}),
  });
  const thread = tx.get(threads, group.threadId);
  if (thread !== undefined) resend(core, tx, thread);
}
