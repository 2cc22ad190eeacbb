// What a joiner must know to judge later commits like everybody else. Travels in the GroupInfo, signed by the one who adds.
import { ByteReader, ByteWriter, DecodeError } from "@p2pcrypt/bytes";

// struct {
//   uint8  version = 1;
//   uint64 floor_ms;        no certificate is judged at an earlier time
// } JoinFacts;              GroupInfo extension type 0xF2C1

export const JOIN_FACTS_EXTENSION_TYPE = 0xf2c1;

export interface JoinFacts {
  readonly floorMs: number;
}

export function encodeJoinFacts({ floorMs }: JoinFacts): Uint8Array {
  return new ByteWriter().u8(1).u64(floorMs).finish();
}

/** @throws {DecodeError} */
export function decodeJoinFacts(bytes: Uint8Array): JoinFacts {
  const reader = new ByteReader(bytes);
  if (reader.u8("JoinFacts.version") !== 1) throw new DecodeError("JoinFacts.version is unknown", 0);
  const floorMs = reader.safeU64("JoinFacts.floor_ms");
  reader.end("JoinFacts");
  return { floorMs };
}
