import type { IdentityId } from "@p2pcrypt/session";
import type { CallOrder, CallSnapshot } from "./call-snapshots.ts";
import type { DeviceSnapshot, HistorySnapshot, LinkingRun } from "./device-snapshots.ts";
import type { Entry, MessageState } from "./entry-snapshots.ts";
import type { GroupCallSnapshot } from "./group-call-snapshots.ts";
import type {
  ContactSnapshot,
  ConversationId,
  ConversationSnapshot,
  NodeSnapshot,
  ScanRun,
  SelfSnapshot,
  ShortCodeRun,
} from "./snapshots.ts";
import type { TransferSnapshot } from "./transfer-snapshots.ts";

/** What a listener hears, each after it is stored. Listeners run synchronously and must not throw. */
export type ClientEvent =
  | { readonly kind: "self"; readonly self: SelfSnapshot }
  | { readonly kind: "node"; readonly node: NodeSnapshot }
  /** Nothing needs a connection to it any more: it is none of `nodes()`. */
  | { readonly kind: "nodeForgotten"; readonly url: string }
  | { readonly kind: "contact"; readonly contact: ContactSnapshot }
  | { readonly kind: "contactForgotten"; readonly identityId: IdentityId }
  | { readonly kind: "conversation"; readonly conversation: ConversationSnapshot }
  /** A new entry of the history, own queued messages included: those come a second time, with their number, once in the log. */
  | { readonly kind: "entry"; readonly entry: Entry }
  /** How far a backup with messages is, in entries. */
  | { readonly kind: "backup"; readonly done: number; readonly total: number }
  /** Entries are gone: nothing of them is stored any more. */
  | { readonly kind: "erased"; readonly conversationId: ConversationId; readonly numbers: readonly number[] }
  /** An entry that was told before is another one now: edited, reacted to, pinned, deleted. */
  | { readonly kind: "entryChanged"; readonly entry: Entry }
  | { readonly kind: "messageState"; readonly conversationId: ConversationId; readonly id: string; readonly state: MessageState }
  | {
      readonly kind: "typing";
      readonly conversationId: ConversationId;
      readonly identityId: IdentityId;
      readonly isTyping: boolean;
    }
  | {
      readonly kind: "presence";
      readonly conversationId: ConversationId;
      readonly identityId: IdentityId;
      readonly state: "here" | "away" | "unknown";
    }
  /** A transfer began, went on or ended. Often while it runs. */
  | { readonly kind: "transfer"; readonly transfer: TransferSnapshot }
  | { readonly kind: "shortCode"; readonly run: ShortCodeRun }
  | { readonly kind: "scan"; readonly run: ScanRun }
  | { readonly kind: "call"; readonly call: CallSnapshot }
  /** For whoever holds the media of a call. */
  | { readonly kind: "callOrder"; readonly callId: string; readonly order: CallOrder }
  | { readonly kind: "groupCall"; readonly call: GroupCallSnapshot }
  /** For whoever holds the media of a group's call: about the connection to one of its people. */
  | { readonly kind: "groupCallOrder"; readonly callId: string; readonly pair: string; readonly order: CallOrder }
  /** Which own devices there are, or what is known of them. */
  | { readonly kind: "devices"; readonly devices: readonly DeviceSnapshot[] }
  /** What was said is on its way to a new device, or to this one, and went on. */
  | { readonly kind: "histories"; readonly histories: readonly HistorySnapshot[] }
  /** Entries came from another own device, between those that are here or before them: whoever shows that stretch reads it again. */
  | { readonly kind: "filled"; readonly conversationId: ConversationId; readonly numbers: readonly number[] }
  /** The linking of a new device went on. */
  | { readonly kind: "linking"; readonly run: LinkingRun }
  /** The client stopped for good and sends nothing more. */
  | { readonly kind: "stopped"; readonly code: StopCode }
  /** A defect was contained: what failed, by code, for a log. Holds no user data. */
  | { readonly kind: "fault"; readonly where: string; readonly code: string };

/** `client/removed`: another own device removed this one. */
export type StopCode = "client/cloned" | "client/removed" | "client/deleted" | "client/vaultFailed";

export type ClientListener = (event: ClientEvent) => void;
export type Unsubscribe = () => void;
