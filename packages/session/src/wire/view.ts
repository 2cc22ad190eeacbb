// What a sender had seen when it wrote: the handshake chain, and per node the head of its log.
import { ByteReader, ByteWriter, DecodeError } from "@p2pcrypt/bytes";

// struct {
//   uint8  version = 1;
//   uint64 positions;
//   opaque handshake_head[32];
//   uint8  count;  NodeView nodes[count];       at most 16
// } View;
// struct { opaque node[32]; uint64 seq; opaque chain[32]; } NodeView;

export interface NodeView {
  /** Identity id of the node, 32 bytes. */
  readonly node: Uint8Array;
  readonly seq: number;
  readonly chain: Uint8Array;
}

export interface View {
  readonly positions: number;
  readonly handshakeHead: Uint8Array;
  readonly nodes: readonly NodeView[];
}

const MAX_VIEW_NODES = 16;
export const MAX_VIEW_BYTES = 1 + 8 + 32 + 1 + MAX_VIEW_NODES * 72;

export function encodeView(view: View): Uint8Array {
  if (view.nodes.length > MAX_VIEW_NODES) throw new RangeError(`a view holds at most ${MAX_VIEW_NODES} nodes`);
  const writer = new ByteWriter().u8(1).u64(view.positions).fixed(view.handshakeHead, 32, "handshakeHead").u8(view.nodes.length);
  for (const { node, seq, chain } of view.nodes) writer.fixed(node, 32, "node").u64(seq).fixed(chain, 32, "chain");
  return writer.finish();
}

/** @throws {DecodeError} */
export function decodeView(bytes: Uint8Array): View {
  const reader = new ByteReader(bytes);
  if (reader.u8("View.version") !== 1) throw new DecodeError("View.version is unknown", 0);
  const positions = reader.safeU64("View.positions");
  const handshakeHead = reader.take(32, "View.handshake_head");
  const count = reader.u8("View.count");
  if (count > MAX_VIEW_NODES) throw new DecodeError("View.count is too large", reader.offset);
  const nodes: NodeView[] = [];
  for (let i = 0; i < count; i++) {
    nodes.push({
      node: reader.take(32, "NodeView.node"),
      seq: reader.safeU64("NodeView.seq"),
      chain: reader.take(32, "NodeView.chain"),
    });
  }
  reader.end("View");
  return { positions, handshakeHead, nodes };
}
