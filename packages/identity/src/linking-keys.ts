// What both devices derive once their key exchange is through (spec/protocol/linking.md section 3): keys for each direction, and the six
// digits that a person compares. The exchange alone proves that the other side knew the code; the digits, that nobody is in between who
// saw it too.
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { decodeHex, encodeUtf8, purposeBytes } from "@p2pcrypt/bytes";
import { type CpaceInputs, type CpaceMessage, cpaceKey, cpaceShare, withLengths } from "./cpace.ts";
import type { LinkingCode } from "./linking-code.ts";
import { linkingPlace } from "./linking-code.ts";
import { shortCode, shortCodeCommitment } from "./short-code.ts";

const JOINING_DATA = encodeUtf8("joining");
const OFFERING_DATA = encodeUtf8("offering");

export interface LinkingKeys {
  /** AES-256-GCM, of what the new device sends, and of what the old one sends. */
  readonly joining: Uint8Array;
  readonly offering: Uint8Array;
  /** Binds commitment and digits to this exchange. */
  readonly context: Uint8Array;
}

/** CPace inputs of one run. @param node identity id of the node, hex. @param run 16 bytes, chosen by the new device */
export function linkingInputs(code: LinkingCode, node: string, run: Uint8Array): CpaceInputs {
  const channel = withLengths(encodeUtf8("p2pcrypt linking"), decodeHex(node), linkingPlace(code).stream);
  return { password: code.secret, channel, session: run };
}

export function linkingShare(inputs: CpaceInputs, scalar: Uint8Array): Uint8Array {
  return cpaceShare(inputs, scalar);
}

/** @returns undefined when the other side's share is none */
export function linkingKeys(
  inputs: CpaceInputs,
  scalar: Uint8Array,
  by: "joining" | "offering",
  shares: { readonly joining: Uint8Array; readonly offering: Uint8Array },
): LinkingKeys | undefined {
  const initiator: CpaceMessage = { share: shares.joining, data: JOINING_DATA };
  const responder: CpaceMessage = { share: shares.offering, data: OFFERING_DATA };
  const key = cpaceKey(inputs, scalar, by === "joining" ? "initiator" : "responder", { initiator, responder });
  if (key === undefined) return undefined;
  const derived = hkdf(sha512, key, undefined, purposeBytes("p2pcrypt linking keys"), 96);
  return { joining: derived.slice(0, 32), offering: derived.slice(32, 64), context: derived.slice(64, 96) };
}

/** What the new device says first. The old one answers with its nonce, and only then is this one opened. */
export function linkingCommitment(nonce: Uint8Array, { context }: Pick<LinkingKeys, "context">): Uint8Array {
  return shortCodeCommitment(nonce, context);
}

/** Six digits, the same on both screens. */
export function linkingDigits(run: {
  readonly joiningNonce: Uint8Array;
  readonly offeringNonce: Uint8Array;
  readonly context: Uint8Array;
}): string {
  const { joiningNonce, offeringNonce, context } = run;
  return shortCode({
    initiatorNonce: joiningNonce,
    responderNonce: offeringNonce,
    commitment: shortCodeCommitment(joiningNonce, context),
    context,
  });
}
