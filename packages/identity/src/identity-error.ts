/** Every way in which this package refuses. The codes are part of its surface: add, never reuse. */
export type IdentityFailure =
  | "certificate/tooLarge"
  | "certificate/malformed"
  | "certificate/notOne"
  | "certificate/secret"
  | "certificate/unsupported"
  | "certificate/weakKey"
  | "certificate/noSelfSignature"
  | "certificate/otherIdentity"
  | "certificate/fingerprintCollision"
  | "secretKey/malformed"
  | "secretKey/noPrimary"
  | "secretKey/cannotCertify"
  | "secretKey/expired"
  | "secretKey/revoked"
  | "secretKey/needsPassphrase"
  | "secretKey/wrongPassphrase"
  | "secretKey/unsupportedProtection"
  | "name/empty"
  | "name/tooLong"
  | "name/controlCharacters"
  | "certification/ownIdentity"
  | "certification/unknownUserId"
  | "certification/notUsable"
  | "revocation/malformed"
  | "revocation/unknownSubkey"
  | "keyring/tooLarge"
  | "object/malformed"
  | "object/badSignature"
  | "object/wrongIdentity"
  | "object/outOfTime"
  | "transition/void"
  | "link/malformed"
  | "linking/malformed"
  | "scan/malformed"
  | "recovery/malformed"
  | "recovery/newer";

/** The message is the code: nothing of the input is in it. */
export class IdentityError extends Error {
  override readonly name = "IdentityError";
  readonly code: IdentityFailure;
  /** Of recovery/malformed: the first word that is not in the list, from 1. */
  readonly word: number | undefined;

  constructor(code: IdentityFailure, options?: { readonly cause?: unknown; readonly word?: number }) {
    super(code, options);
    this.code = code;
    this.word = options?.word;
  }
}
