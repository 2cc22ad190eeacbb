// The link that shows a member where a conversation goes on. It gives no right and no trust: the commit that lies there is checked as
// every commit is, and only who is in the conversation can read it (spec/protocol/identity.md section 11).
import { ByteReader, ByteWriter, DecodeError, decodeBase64Url, encodeBase64Url } from "@p2pcrypt/bytes";
import { MAX_LINK_CHARACTERS, originOf, withoutScheme } from "./contact-link.ts";
import { IdentityError } from "./identity-error.ts";
import { type IdentityId, identityIdBytes, toIdentityId } from "./identity-id.ts";

// struct {
//   uint8  version = 1;
//   opaque group[32];
//   opaque node[32];                       identity id of the node
//   opaque stream[32];
//   uint64 positions;                      handshakes before the commit that moves
// } MoveLink;
export interface MoveLink {
  /** Origin of the node where it goes on. */
  readonly nodeUrl: string;
  readonly groupId: Uint8Array;
  readonly nodeId: IdentityId;
  readonly stream: Uint8Array;
  readonly positions: number;
}

/** `https://HOST/#/move/…`: the part behind the # never reaches a server. */
export function formatMoveLink({ nodeUrl, groupId, nodeId, stream, positions }: MoveLink): string {
  const bytes = new ByteWriter()
    .u8(1)
    .fixed(groupId, 32, "groupId")
    .fixed(identityIdBytes(nodeId), 32, "nodeId")
    .fixed(stream, 32, "stream")
    .u64(positions)
    .finish();
  return `${originOf(nodeUrl)}/#/move/${encodeBase64Url(bytes)}`;
}

/** Takes both forms, with spaces around. @throws {IdentityError} link/malformed */
export function parseMoveLink(text: string): MoveLink {
  const link = withoutScheme(text);
  if (link.length > MAX_LINK_CHARACTERS) throw new IdentityError("link/malformed");
  const [before, encoded, another] = link.split("#/move/");
  if (before === undefined || encoded === undefined || another !== undefined) throw new IdentityError("link/malformed");
  try {
    const nodeUrl = originOf(before.replace(/\/$/, ""));
    const reader = new ByteReader(decodeBase64Url(encoded));
    if (reader.u8("MoveLink.version") !== 1) throw new IdentityError("link/malformed");
    const groupId = reader.take(32, "MoveLink.group");
    const nodeId = toIdentityId(reader.take(32, "MoveLink.node"));
    const stream = reader.take(32, "MoveLink.stream");
    const positions = reader.safeU64("MoveLink.positions");
    reader.end("MoveLink");
    return { nodeUrl, groupId, nodeId, stream, positions };
  } catch (cause) {
    if (cause instanceof DecodeError) throw new IdentityError("link/malformed", { cause });
    throw cause;
  }
}
