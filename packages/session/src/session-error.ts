/** Every way a call can fail. What a caller branches on in normal work (a skipped record, a gap) is an outcome instead. */
export type SessionFailure =
  | { readonly code: "session/spent" }
  | { readonly code: "session/notActive"; readonly status: "stuck" | "removed" }
  | { readonly code: "session/epochExhausted"; readonly messages: number }
  | { readonly code: "session/contentTooLarge"; readonly limitBytes: number }
  | { readonly code: "session/notAllowed"; readonly reason: string }
  | { readonly code: "session/lastAdministrator" }
  | { readonly code: "session/keyPackageRefused"; readonly reason: string }
  | { readonly code: "session/stateDamaged"; readonly part: "group" | "ratchet" | "pending" | "keyPackage" }
  | { readonly code: "session/notAnInboxKey" }
  | { readonly code: "session/libraryUnpatched" };

/** The message is fixed text made from the failure: no names, keys or content. */
export class SessionError extends Error {
  override readonly name = "SessionError";
  readonly failure: SessionFailure;

  constructor(failure: SessionFailure, options?: { readonly cause?: unknown }) {
    super(describe(failure), options);
    this.failure = failure;
  }

  get code(): SessionFailure["code"] {
    return this.failure.code;
  }
}

function describe(failure: SessionFailure): string {
  switch (failure.code) {
    case "session/spent":
      return "this session was already stepped: go on with the one that was returned";
    case "session/notActive":
      return `this session is ${failure.status}`;
    case "session/epochExhausted":
      return `${failure.messages} messages were sealed in this epoch: update first`;
    case "session/contentTooLarge":
      return `content is larger than ${failure.limitBytes} bytes`;
    case "session/notAllowed":
      return `not allowed: ${failure.reason}`;
    case "session/lastAdministrator":
      return "the last administrator names a successor before leaving";
    case "session/keyPackageRefused":
      return `key package refused: ${failure.reason}`;
    case "session/stateDamaged":
      return `the stored ${failure.part} cannot be read`;
    case "session/notAnInboxKey":
      return "not a usable inbox key";
    case "session/libraryUnpatched":
      return "the MLS library in use lacks the patches it needs";
  }
}
