// Everything this package signs or hashes begins with one of these (length-prefixed), so that a value made for one purpose
// never stands for another (I3). Their definitions: spec/protocol/session.md.
import { purposeBytes } from "@p2pcrypt/bytes";

export const PURPOSE = {
  founding: purposeBytes("p2pcrypt founding statement"),
  roleLogEntry: purposeBytes("p2pcrypt role log entry"),
  handshakeChain: purposeBytes("p2pcrypt handshake chain"),
  ephemeral: purposeBytes("p2pcrypt ephemeral"),
  conversationCode: purposeBytes("p2pcrypt conversation code"),
  verification: purposeBytes("p2pcrypt verification context"),
} as const;
