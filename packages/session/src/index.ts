// Conversations on MLS: state in, new state out. No clock, no network, no store; the only importer of ts-mls.
export type { CredentialVerifier, IdentityId, RefusedCredential, VerifiedCredential } from "./credential-verifier.ts";
export type { EphemeralPlace, OpenedEphemeral } from "./ephemeral.ts";
export type { StreamTokens } from "./exporters.ts";
export type { FoundOptions } from "./found.ts";
export {
  type ConversationContext,
  isGroupPicture,
  MAX_CONVERSATION_NAME_BYTES,
  MAX_DISAPPEAR_AFTER_S,
  MAX_GROUP_PICTURE_BYTES,
  type Place,
  type StreamAdminKey,
} from "./group/conversation-context.ts";
export { type ConversationKind, createFoundingStatement, groupIdOf } from "./group/founding.ts";
export { EMPTY_HANDSHAKE_HEAD, nextHandshakeHead } from "./group/handshake-chain.ts";
export type { Member } from "./group/roster.ts";
export type { JoinOptions } from "./join.ts";
export {
  createKeyPackage,
  type Device,
  type KeyPackageBundle,
  type KeyPackageOptions,
  type VerifiedKeyPackage,
  verifyKeyPackage,
} from "./key-package.ts";
export type {
  CommitOutcome,
  ContextChange,
  GroupChange,
  GroupEvent,
  HandshakeOutcome,
  JoinOutcome,
  JoinRefusal,
  OpenOutcome,
  SkipReason,
  UnreadableReason,
  WelcomePackage,
} from "./outcomes.ts";
export type { SessionCrypto } from "./primitives/session-crypto.ts";
export { createXWingCrypto, XWING_SUITE } from "./primitives/xwing-crypto.ts";
export { generateInboxKey, type InboxPlace, openFromInbox, sealedKeyId, sealToInbox } from "./sealed.ts";
export { Session, type SessionDeps } from "./session.ts";
export { SessionError, type SessionFailure } from "./session-error.ts";
export { MAX_CONTENT_BYTES } from "./wire/padding.ts";
export type { NodeView, View } from "./wire/view.ts";
