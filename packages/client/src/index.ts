export { readRevocation, revokeIdentity } from "./account/revoke.ts";
export { type Arrangement, type ArrangementChange, isMuted, mayCall, unreadThatCounts } from "./arrangement.ts";
export type { CallEnd, CallOrder, CallRoutes, CallSnapshot, CallState, ConnectionReport, MediaOn } from "./call-snapshots.ts";
export type { Calls } from "./call-surface.ts";
export type { CallKeysListener } from "./calls/call-keys.ts";
export { createClient, findBackups, hasIdentity, importClient, linkClient, openClient, recoverClient } from "./client.ts";
export { quoteOf } from "./conversation/quote.ts";
export type {
  DeviceSnapshot,
  HistoryChoice,
  HistorySnapshot,
  LimitedSnapshot,
  LinkingFailure,
  LinkingOffer,
  LinkingRun,
  LinkingTerms,
} from "./device-snapshots.ts";
export type { Devices, Linking } from "./device-surface.ts";
export { MIN_DIRECT_BYTES } from "./direct/later-direct.ts";
export type {
  CallEntry,
  ConversationEvent,
  DeletedEntry,
  Entry,
  EventEntry,
  FileEntry,
  MessageEntry,
  MessageState,
  MissingEntry,
  TextEntry,
  UnknownEntry,
} from "./entry-snapshots.ts";
export type { ClientEvent, ClientListener, StopCode, Unsubscribe } from "./events.ts";
export { ClientError, type ClientFailure, type ClientFailureCode } from "./failure.ts";
export {
  type BlobDeps,
  type BlobPlace,
  type BlobProgress,
  type BlobTransport,
  type DirectConnection,
  type DirectEvents,
  type FileDeps,
  type FileSink,
  type FileSource,
  FileStoreError,
} from "./files/file-ports.ts";
export type { Stop } from "./files/stop.ts";
export type { CallPerson, GroupCallEnd, GroupCallSnapshot, GroupCallState, PairState } from "./group-call-snapshots.ts";
export type { GroupCalls } from "./group-call-surface.ts";
export type { At, IdentityPort, OpenSecret, ReadCertificate } from "./identity-port.ts";
export { mentionsIn } from "./mentions.ts";
export { isMessage, isMissed } from "./message-kinds.ts";
export type {
  MentionDraft,
  MentionSnapshot,
  MessageMarks,
  MessageRef,
  MessageVersion,
  PinnedMessage,
  QuoteSnapshot,
  ReactionSnapshot,
} from "./message-snapshots.ts";
export type { Messages } from "./message-surface.ts";
export type { NodeLook } from "./node-look.ts";
export { openPgpIdentity } from "./openpgp-identity.ts";
export type { Backup, NewIdentity, Recovery } from "./origins.ts";
export { pieces } from "./pieces.ts";
export {
  type ClientDeps,
  ConnectionError,
  type DeriveKey,
  type NodeSocket,
  type NodeTransport,
  type SocketHandler,
} from "./ports.ts";
export type { SearchAnswer, SearchHit, SearchQuery } from "./search-snapshots.ts";
export type {
  ContactAlert,
  ContactSnapshot,
  ContactState,
  ConversationId,
  ConversationSnapshot,
  ConversationState,
  ConversationWarning,
  DirectoryPreview,
  FoundBackup,
  GroupInvitation,
  GroupLinkPreview,
  Knock,
  LinkPreview,
  MemberSnapshot,
  NodeBackupSnapshot,
  NodeSnapshot,
  NodeState,
  PendingChange,
  RecoverySheet,
  RevocationCertificate,
  SafetySnapshot,
  ScanCode,
  ScanRun,
  SelfSnapshot,
  Settings,
  ShortCodeRun,
  Successor,
  TrustSnapshot,
  VerificationMethod,
} from "./snapshots.ts";
export { hasUnfinishedRestore } from "./store/restoring.ts";
export type { Account, Client, Contacts, Conversations, Files, Groups, NewGroupFacts, Search, Verification } from "./surface.ts";
export type {
  FileFactsSnapshot,
  OfferedFile,
  TransferFailure,
  TransferSnapshot,
  TransferState,
  VoiceFacts,
} from "./transfer-snapshots.ts";
export { type StandardWebSocket, toWebSocketLike } from "./transport/standard-web-socket.ts";
export { type BlobFetch, webBlobs } from "./transport/web-blobs.ts";
export type { WebSocketLike } from "./transport/web-socket.ts";
export { type FetchLike, webTransport } from "./transport/web-transport.ts";
export type {
  AuthenticationSnapshot,
  CertificationSnapshot,
  CertificationTerms,
  OwnCertification,
  PersonRef,
  RootSnapshot,
  TrustAnswer,
  TrustGraph,
  TrustGraphEdge,
  TrustGraphPerson,
  TrustPath,
  TrustStep,
} from "./trust-snapshots.ts";
export type { Trust } from "./trust-surface.ts";
