import type { IdentityId } from "../credential-verifier.ts";

/** One leaf of the group: a device of an identity. */
export interface Member {
  readonly leaf: number;
  readonly identityId: IdentityId;
  readonly deviceId: Uint8Array;
  readonly name: string;
  /** OpenPGP fingerprint, upper-case hex: for display only. */
  readonly fingerprint: string;
  readonly signatureKey: Uint8Array;
  /** End of the device certificate's validity: a client warns by its own clock, acceptance never looks at it. */
  readonly notAfterMs: number;
  readonly isAdministrator: boolean;
  /** What this device would sign with for the conversation's streams; in force once an administrator lists it. */
  readonly streamAdminKey?: Uint8Array | undefined;
}
