// How far one can believe that a certificate belongs to whom it names: the web of trust of OpenPGP (docs/trust.md). Pure: time is an
// argument, and nothing is read or written.
export { type Authentication, authenticate, type Path, type Question } from "./authenticate.ts";
export type { Root } from "./capacity.ts";
export {
  type Binding,
  type Certification,
  FULL_AMOUNT,
  type Revocation,
  type TrustCertificate,
  type TrustUserId,
  UNLIMITED_DEPTH,
  type Withdrawal,
} from "./certificate.ts";
export { KeyringNetwork } from "./keyring-network.ts";
export { LiveNetwork } from "./live-network.ts";
export { type Edge, TrustNetwork } from "./network.ts";
export { isInScope } from "./scope.ts";
export type { Target } from "./search.ts";
export { TrustError, type TrustFailure } from "./trust-error.ts";
export { userIdsAt } from "./validity.ts";
