// Every way an act of this package can fail. Codes are part of the surface: add, never reuse.
// Words for people are made from codes at the edge; nothing here is shown.

import type { LinkingFailure } from "./device-snapshots.ts";

export type ClientFailure =
  | { readonly code: "client/closed" }
  | { readonly code: "client/noIdentity" }
  /** Of a backup: nothing of it is used. It begins again with whatever makes an identity here. */
  | { readonly code: "client/restoreUnfinished" }
  | { readonly code: "client/identityExists" }
  | { readonly code: "client/newerVault"; readonly version: number }
  /** A record of this device is in a stream and not in this vault: a copy of the vault is or was in use (M20). */
  | { readonly code: "client/cloned" }
  /** Another own device removed this one. */
  | { readonly code: "client/removed" }
  | { readonly code: "device/unknown" }
  | { readonly code: "device/tooMany"; readonly most: number }
  /** The identity's key is not on this device: it is done on one of the keepers, as far as their names are known. */
  | { readonly code: "device/limited"; readonly keepers: readonly string[] }
  | { readonly code: "device/alreadyKeeper" }
  /** Neither a link for a new device nor a typed code. */
  | { readonly code: "linking/malformed" }
  | { readonly code: "linking/noRun" }
  | { readonly code: "linking/failed"; readonly reason: LinkingFailure }
  | { readonly code: "name/empty" }
  | { readonly code: "name/tooLong"; readonly maxBytes: number }
  | { readonly code: "link/malformed" }
  | { readonly code: "link/own" }
  | { readonly code: "nodeUrl/malformed" }
  | { readonly code: "nodeUrl/insecure" }
  | { readonly code: "node/unreachable"; readonly nodeUrl: string }
  | { readonly code: "node/refused"; readonly nodeUrl: string; readonly reason: string; readonly retryAfterMs?: number }
  /** The node at this address is not the one that the conversation, contact or account names. */
  | { readonly code: "node/otherIdentity"; readonly nodeUrl: string }
  /** This node is home already. */
  | { readonly code: "account/sameNode" }
  | { readonly code: "contact/unknown" }
  | { readonly code: "contact/notFound" }
  | { readonly code: "contact/blocked" }
  | { readonly code: "contact/alreadyAccepted" }
  | { readonly code: "contact/noRequest" }
  /** Sending waits for the person to decide about the contact's alert (I15). */
  | { readonly code: "contact/undecided" }
  | { readonly code: "contact/invalidIdentity" }
  | { readonly code: "greeting/tooLong"; readonly maxBytes: number }
  | { readonly code: "conversation/unknown" }
  | { readonly code: "conversation/closed" }
  | { readonly code: "conversation/badDuration"; readonly leastS: number; readonly mostS: number }
  | { readonly code: "conversation/badFolder"; readonly maxBytes: number }
  /** The conversation is at this node already. */
  | { readonly code: "conversation/sameNode" }
  | { readonly code: "group/notAGroup" }
  /** Only administrators change who is in it, who administers, and what it is called. */
  | { readonly code: "group/notAdmin" }
  | { readonly code: "group/badName"; readonly maxBytes: number }
  | { readonly code: "group/badPicture"; readonly maxBytes: number }
  | { readonly code: "group/tooMany"; readonly most: number }
  /** Only who talks with this person can be added. */
  | { readonly code: "group/notAContact"; readonly identityId: string }
  | { readonly code: "group/notAMember"; readonly identityId: string }
  | { readonly code: "group/badDuration"; readonly leastMs: number; readonly mostMs: number }
  | { readonly code: "group/tooManyInvitations"; readonly most: number }
  | { readonly code: "group/noInvitation" }
  | { readonly code: "group/invitationExpired" }
  | { readonly code: "group/noKnock"; readonly identityId: string }
  /** The last administrator hands over before stepping down or leaving. */
  | { readonly code: "group/lastAdmin" }
  | { readonly code: "message/empty" }
  | { readonly code: "message/tooLong"; readonly maxBytes: number }
  | { readonly code: "message/unknown" }
  /** Files and what is not known here cannot be edited. */
  | { readonly code: "message/notText" }
  /** A reaction is one symbol. */
  | { readonly code: "message/badReaction" }
  /** Only members are mentioned, each at a place of its own in the text. */
  | { readonly code: "message/badMention"; readonly most: number }
  | { readonly code: "message/tooManyStars"; readonly most: number }
  /** No node of this client takes files, or this program has no place for them. */
  | { readonly code: "file/notPossible" }
  /** What is to be sent is not there. */
  | { readonly code: "file/gone" }
  | { readonly code: "file/badName"; readonly maxBytes: number }
  | { readonly code: "file/tooLarge"; readonly maxBytes: number }
  | { readonly code: "transfer/unknown" }
  /** Not a conversation of two, or a group, that works. */
  | { readonly code: "call/notPossible" }
  /** Four people are in it. */
  | { readonly code: "call/full" }
  /** Another call goes on. */
  | { readonly code: "call/busy" }
  /** No such call, or it is over. */
  | { readonly code: "call/unknown" }
  /** The address is to be hidden, and the node has no relay that answers. */
  | { readonly code: "call/noRelay" }
  | { readonly code: "verification/malformedCode" }
  | { readonly code: "verification/noRun" }
  | { readonly code: "verification/busy" }
  | { readonly code: "scan/malformed" }
  | { readonly code: "scan/own" }
  /** The code is somebody else's than the one whose conversation this is. */
  | { readonly code: "scan/otherPerson"; readonly identityId: string }
  | { readonly code: "scan/expired" }
  /** The device that shows the code is not in the conversation. */
  | { readonly code: "scan/unknownDevice" }
  /** There is no conversation with whoever shows the code; the link asks for one. */
  | { readonly code: "scan/unknownContact"; readonly identityId: string; readonly link: string }
  /** Words or text with a mistake in them. `word`: the first one that is not in the list, from 1. */
  | { readonly code: "recovery/malformed"; readonly word?: number }
  | { readonly code: "recovery/newer" }
  /** The key of this identity does not fit on a sheet. */
  | { readonly code: "recovery/notPossible" }
  /** Neither sheet nor node says what the identity is called. */
  | { readonly code: "recovery/nameNeeded" }
  | { readonly code: "recovery/revoked" }
  /** No sheet can be made of this identity, or neither this program nor the node keeps blobs: a file is what is left. */
  | { readonly code: "backup/notPossible" }
  /** More was said while it was made than there was room for, or it could not be read. */
  | { readonly code: "backup/failed" }
  /** No backup of this name is at the node. */
  | { readonly code: "backup/unknown" }
  /** Not a revocation certificate, or of another key. */
  | { readonly code: "revocation/malformed" }
  /** Not the text that the new identity gave, or not for this one. */
  | { readonly code: "succession/malformed" }
  /** Only who was verified is certified. */
  | { readonly code: "trust/notVerified" }
  | { readonly code: "trust/notCertified"; readonly identityId: string }
  /** The name that is shown is not one that their certificate says of itself. */
  | { readonly code: "trust/otherName" }
  /** As many people are known here as can be kept, or one has more certifications than can be kept. */
  | { readonly code: "trust/tooMany" }
  | { readonly code: "trust/badTerms"; readonly reason: "amount" | "depth" | "scope" | "expiry" }
  | { readonly code: "trust/badKeyring"; readonly reason: string }
  | { readonly code: "export/passphraseEmpty" }
  | { readonly code: "export/notAnExport" }
  | { readonly code: "export/newer"; readonly version: number }
  | { readonly code: "export/wrongPassphrase" }
  /** Cut off or changed: nothing of it was restored. */
  | { readonly code: "export/damaged" }
  | { readonly code: "export/noKeptPassphrase" }
  | { readonly code: "import/badKey"; readonly reason: string };

export type ClientFailureCode = ClientFailure["code"];

export class ClientError extends Error {
  override readonly name = "ClientError";
  readonly failure: ClientFailure;

  /** The text is the code: it holds no user data and may be logged. */
  constructor(failure: ClientFailure, options?: { readonly cause?: unknown }) {
    super(failure.code, options);
    this.failure = failure;
  }

  get code(): ClientFailureCode {
    return this.failure.code;
  }
}
