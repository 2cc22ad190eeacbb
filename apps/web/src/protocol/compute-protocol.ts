// What the client worker asks the compute worker: slow or large work that needs no state. Passphrases and public things go in; nothing
// is kept there.
import type { DeriveKey, IdentityPort } from "@p2pcrypt/client";

/** The identity port's functions that see public things only and take their time. */
type Computed =
  | "readCertificate"
  | "mergeCertificates"
  | "armorCertificate"
  | "verifyObject"
  | "verifyDevice"
  | "verifyProfile"
  | "verifyNodeKey"
  | "verifyCredential";

export type ComputeOperations = {
  [Name in Computed]: { request: Parameters<IdentityPort[Name]>; answer: Awaited<ReturnType<IdentityPort[Name]>> };
} & {
  deriveKey: { request: Parameters<DeriveKey>[0]; answer: Uint8Array };
};
