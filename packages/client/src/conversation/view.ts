import { decodeHex } from "@p2pcrypt/bytes";
import type { Session, View } from "@p2pcrypt/session";
import type { GroupRow } from "../store/group-rows.ts";

/** What this device has seen of a conversation, as it tells others in everything that it says. */
export function viewOf({ place, cursor }: GroupRow, session: Session): View {
  return {
    positions: session.positions,
    handshakeHead: session.handshakeHead,
    nodes: [{ node: decodeHex(place.nodeId), seq: cursor.seq, chain: cursor.chain }],
  };
}
