// CPace, a balanced PAKE, over ristretto255 with SHA-512, in its form with an initiator (draft-irtf-cfrg-cpace, suite
// CPACE-RISTR255-SHA512): two who know the same short password agree on a key, and whoever does not know it has one guess per run.
import { ristretto255, ristretto255_hasher } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { concatBytes, encodeUtf8 } from "@p2pcrypt/bytes";

const DSI = encodeUtf8("CPaceRistretto255");
const DSI_ISK = encodeUtf8("CPaceRistretto255_ISK");
/** Input block of SHA-512: the password and its padding fill one, so that its length does not show in the time. */
const BLOCK_BYTES = 128;
const CPACE_SCALAR_BYTES = 32;

/** What both have to agree on besides the password. */
export interface CpaceInputs {
  readonly password: Uint8Array;
  /** CI: who talks where. */
  readonly channel: Uint8Array;
  /** sid: of this run alone. */
  readonly session: Uint8Array;
}

/** What one side sends: its share, and data that the key is bound to (Y and AD). */
export interface CpaceMessage {
  readonly share: Uint8Array;
  readonly data: Uint8Array;
}

/** @param scalar 32 random bytes, which stay with this side until the run is over */
export function cpaceShare(inputs: CpaceInputs, scalar: Uint8Array): Uint8Array {
  return generator(inputs).multiply(scalarOf(scalar)).toBytes();
}

/**
 * The key that both sides have when their inputs and messages were the same: 64 bytes.
 *
 * @returns undefined when the other's share is no element, or the neutral one
 */
export function cpaceKey(
  { session }: Pick<CpaceInputs, "session">,
  scalar: Uint8Array,
  by: "initiator" | "responder",
  messages: { readonly initiator: CpaceMessage; readonly responder: CpaceMessage },
): Uint8Array | undefined {
  const { initiator, responder } = messages;
  const shared = multiplied(by === "initiator" ? responder.share : initiator.share, scalarOf(scalar));
  if (shared === undefined) return undefined;
  return sha512(
    concatBytes(
      withLengths(DSI_ISK, session, shared),
      withLengths(initiator.share, initiator.data),
      withLengths(responder.share, responder.data),
    ),
  );
}

function generator({ password, channel, session }: CpaceInputs) {
  const { deriveToCurve } = ristretto255_hasher;
  if (deriveToCurve === undefined) throw new TypeError("the element derivation of RFC 9496 section 4.3.4 is missing");
  return deriveToCurve(sha512(generatorString({ password, channel, session })));
}

/** Draft, section "Common function for computing generators". */
export function generatorString({ password, channel, session }: CpaceInputs): Uint8Array {
  const padding = Math.max(0, BLOCK_BYTES - 1 - withLength(password).length - withLength(DSI).length);
  return withLengths(DSI, password, new Uint8Array(padding), channel, session);
}

function multiplied(share: Uint8Array, scalar: bigint): Uint8Array | undefined {
  const { Point } = ristretto255;
  let element: InstanceType<typeof Point>;
  try {
    element = Point.fromBytes(share);
  } catch {
    // Every refusal of the decoder means the same: no element has these bytes.
    return undefined;
  }
  return element.is0() ? undefined : element.multiply(scalar).toBytes();
}

/** The draft's recommended way: the bits above the group's size are cleared. Below the order whatever the bytes are. */
function scalarOf(bytes: Uint8Array): bigint {
  if (bytes.length !== CPACE_SCALAR_BYTES) throw new RangeError("a scalar has 32 bytes");
  let value = 0n;
  for (let at = CPACE_SCALAR_BYTES - 1; at >= 0; at--) value = value * 256n + BigInt(bytes[at] ?? 0);
  const scalar = value & (2n ** 252n - 1n);
  if (scalar === 0n) throw new RangeError("a scalar is not zero");
  return scalar;
}

/** lv_cat */
export function withLengths(...parts: readonly Uint8Array[]): Uint8Array {
  return concatBytes(...parts.map(withLength));
}

/** prepend_len: the length in LEB128. */
function withLength(part: Uint8Array): Uint8Array {
  const prefix: number[] = [];
  let rest = part.length;
  do {
    prefix.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return concatBytes(Uint8Array.from(prefix), part);
}
