export type { ClientEvent, ClientListener, Unsubscribe } from "./events.ts";
export { ClientError, type ClientFailure, type ClientFailureCode } from "./failure.ts";
export type {
  ContactAlert,
  ContactSnapshot,
  ContactState,
  ConversationEvent,
  ConversationId,
  ConversationSnapshot,
  ConversationState,
  ConversationWarning,
  Entry,
  EventEntry,
  MemberSnapshot,
  MessageState,
  MissingEntry,
  NodeSnapshot,
  NodeState,
  SelfSnapshot,
  Settings,
  ShortCodeRun,
  TextEntry,
  TrustSnapshot,
  UnknownEntry,
  VerificationMethod,
} from "./snapshots.ts";
export type { Account, Backup, Client, Contacts, Conversations, NewIdentity, Verification } from "./surface.ts";
