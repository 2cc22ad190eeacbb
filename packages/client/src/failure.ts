// Every way an act of this package can fail. Codes are part of the surface: add, never reuse.
// Words for people are made from codes at the edge; nothing here is shown.

export type ClientFailure =
  | { readonly code: "client/closed" }
  | { readonly code: "client/noIdentity" }
  | { readonly code: "client/identityExists" }
  | { readonly code: "client/newerVault"; readonly version: number }
  /** A record of this device is in a stream and not in this vault: a copy of the vault is or was in use (M20). */
  | { readonly code: "client/cloned" }
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
  | { readonly code: "message/empty" }
  | { readonly code: "message/tooLong"; readonly maxBytes: number }
  | { readonly code: "message/unknown" }
  | { readonly code: "verification/malformedCode" }
  | { readonly code: "verification/noRun" }
  | { readonly code: "verification/busy" }
  | { readonly code: "export/passphraseEmpty" }
  | { readonly code: "export/notAnExport" }
  | { readonly code: "export/newer"; readonly version: number }
  | { readonly code: "export/wrongPassphrase" }
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
