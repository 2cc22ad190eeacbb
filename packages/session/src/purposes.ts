// Everything this package signs or hashes begins with one of these (length-prefixed), so that a value made for one purpose
// never stands for another (I3). Their definitions: spec/protocol/session.md.
import { concatBytes, purposeBytes } from "@p2pcrypt/bytes";

export const PURPOSE = {
  founding: purposeBytes("p2pcrypt founding statement"),
  roleLogEntry: purposeBytes("p2pcrypt role log entry"),
  handshakeChain: purposeBytes("p2pcrypt handshake chain"),
  ephemeral: purposeBytes("p2pcrypt ephemeral"),
  welcomeEnvelope: purposeBytes("p2pcrypt welcome envelope"),
  contactRequest: purposeBytes("p2pcrypt contact request"),
  stuckNotice: purposeBytes("p2pcrypt stuck notice"),
  conversationCode: purposeBytes("p2pcrypt conversation code"),
  verification: purposeBytes("p2pcrypt verification context"),
} as const;

export function forPurpose(purpose: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  return concatBytes(purpose, ...parts);
}
