// One conversation as one member holds it.
import type { CredentialVerifier, IdentityId } from "./credential-verifier.ts";
import type { Place, StreamAdminKey } from "./group/conversation-context.ts";
import type { ConversationKind } from "./group/founding.ts";
import type { Member } from "./group/roster.ts";
import type { CommitOutcome, GroupChange, HandshakeOutcome, OpenOutcome } from "./outcomes.ts";
import type { SessionCrypto } from "./primitives/session-crypto.ts";
import type { View } from "./wire/view.ts";

export interface SessionDeps {
  readonly crypto: SessionCrypto;
  readonly verifyCredential: CredentialVerifier;
}

export interface Session {
  readonly groupId: Uint8Array;
  readonly epoch: bigint;
  readonly kind: ConversationKind;
  readonly status: "active" | "stuck" | "removed";
  readonly positions: number;
  readonly handshakeHead: Uint8Array;
  readonly roster: readonly Member[];
  readonly self: Member;
  readonly administrators: readonly IdentityId[];
  readonly location: readonly Place[];
  readonly streamAdminKeys: readonly StreamAdminKey[];
  readonly needsUpdate: boolean;
  readonly hasPendingCommit: boolean;
  encodeGroup(): Uint8Array;
  encodeRatchet(): Uint8Array;
  encodePending(): Uint8Array | undefined;
  seal(
    content: Uint8Array,
    options: { readonly view: View },
  ): Promise<{ readonly session: Session; readonly record: Uint8Array }>;
  open(record: Uint8Array, options: { readonly positions: number }): Promise<OpenOutcome>;
  commit(change: GroupChange, options: { readonly nowMs: number; readonly view: View }): Promise<CommitOutcome>;
  requestLeave(options: { readonly nowMs: number; readonly view: View }): Promise<CommitOutcome>;
  receiveHandshake(record: Uint8Array, options: { readonly position: number }): Promise<HandshakeOutcome>;
  streamTokens(
    stream: Uint8Array,
    configVersion: number,
  ): Promise<{ readonly readToken: Uint8Array; readonly writeToken: Uint8Array }>;
  conversationCode(): Promise<{ readonly digits: string; readonly epoch: bigint }>;
}
