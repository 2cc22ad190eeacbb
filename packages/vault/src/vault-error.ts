/** Every way in which a vault refuses. Codes are part of the surface: add, never reuse. */
export type VaultFailure =
  | { readonly code: "vault/missing" }
  | { readonly code: "vault/exists" }
  | { readonly code: "vault/locked" }
  /** Also when the header was altered: which of both cannot be known. */
  | { readonly code: "vault/wrongPassphrase" }
  | { readonly code: "vault/wrongKey" }
  | { readonly code: "vault/needsPassphrase" }
  | { readonly code: "vault/needsKey" }
  /** The header asks for a key derivation below the floor or beyond what a device can do (W5). */
  | { readonly code: "vault/weakProtection" }
  | { readonly code: "vault/newer"; readonly version: number }
  | { readonly code: "vault/damaged" }
  | { readonly code: "vault/inUse"; readonly pid: number; readonly sinceMs: number }
  | { readonly code: "vault/takenOver" }
  | { readonly code: "vault/unsafeHome"; readonly reason: "notADirectory" | "symbolicLink" | "otherOwner" }
  | { readonly code: "vault/notStored" };

export type VaultFailureCode = VaultFailure["code"];

export class VaultError extends Error {
  override readonly name = "VaultError";
  readonly failure: VaultFailure;

  /** The text is the code: it holds no user data and may be logged. */
  constructor(failure: VaultFailure, options?: { readonly cause?: unknown }) {
    super(failure.code, options);
    this.failure = failure;
  }

  get code(): VaultFailureCode {
    return this.failure.code;
  }
}
