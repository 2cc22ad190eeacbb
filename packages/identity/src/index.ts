// Identities on OpenPGP (RFC 9580): certificates, secret keys and everything they sign. The only importer of openpgp.
export { armorCertificate } from "./armor.ts";
export {
  Certificate,
  canonicalizeCertificate,
  MAX_CERTIFICATE_BYTES,
  mergeCertificates,
  parseArmoredCertificate,
  parseCertificate,
  type UserId,
} from "./certificate.ts";
export {
  CertificateHistory,
  type OwnRevocation,
  readCertificateHistory,
  type UserIdHistory,
} from "./certificate-history.ts";
export type { Certification } from "./certification.ts";
export { certifiedBy, type FindIssuer } from "./certified-by.ts";
export {
  type CertificationRevocationReason,
  type CertificationTerms,
  certifyUserId,
  revokeCertification,
} from "./certify.ts";
export { type Claim, type ClaimedCertificate, type ClaimedUserId, readClaims } from "./claims.ts";
export { type ContactLink, formatContactLink, parseContactLink, toAppLink } from "./contact-link.ts";
export { type CredentialVerdict, decodeCredential, encodeCredential, verifyCredential } from "./credential.ts";
export {
  createDeviceCertificate,
  DEVICE_SUITE,
  type DeviceCertificate,
  type DeviceRefusal,
  type DeviceVerdict,
  MAX_DEVICE_CERTIFICATE_MS,
  verifyDeviceCertificate,
} from "./device-certificate.ts";
export { signWithDevice, verifyEd25519, verifyWithDevice } from "./device-signature.ts";
export {
  claimedIdentity,
  type DirectoryEntry,
  type DirectoryOptions,
  mergeIntoDirectory,
  servedCertificate,
} from "./directory-certificate.ts";
export { MAX_NAME_BYTES, parseName } from "./display-name.ts";
export type { RecipientProgram } from "./export-certificate.ts";
export { parseSearch } from "./findable.ts";
export { formatGroupLink, type GroupLink, parseGroupLink } from "./group-link.ts";
export { IdentityError, type IdentityFailure } from "./identity-error.ts";
export { type IdentityId, identityIdBytes, identityIdOf, parseIdentityId, toIdentityId } from "./identity-id.ts";
export { importSecretKey } from "./import-secret-key.ts";
export {
  type Keyring,
  MAX_KEYRING_BYTES,
  parseOwnerTrust,
  readKeyring,
  type SuggestedRoot,
} from "./keyring.ts";
export { digestOfBytes, digestOfCertificate, indexKeyring, type KeyringEntry, type KeyringIndex } from "./keyring-index.ts";
export {
  formatLinkingLink,
  formatTypedCode,
  LINKING_MS,
  LINKING_RANDOM_BYTES,
  type LinkingCode,
  type LinkingLink,
  linkingPlace,
  newLinkCode,
  newTypedCode,
  parseLinkingLink,
  parseTypedCode,
} from "./linking-code.ts";
export {
  type LinkingKeys,
  linkingCommitment,
  linkingDigits,
  linkingInputs,
  linkingKeys,
  linkingShare,
} from "./linking-keys.ts";
export { formatMoveLink, type MoveLink, parseMoveLink } from "./move-link.ts";
export { createNodeKeyCertificate, type NodeKeyCertificate, type NodeKeyVerdict, verifyNodeKeyCertificate } from "./node-key.ts";
export { CLOCK_TOLERANCE_MS } from "./openpgp-config.ts";
export {
  compareProfiles,
  decodeProfile,
  type Inbox,
  MAX_PROFILE_MS,
  type Profile,
  type ProfileComparison,
  type ProfileRefusal,
  type ProfileVerdict,
  signProfile,
  unionOfRevoked,
  verifyProfile,
} from "./profile.ts";
export { attestCertifications, type PublishedCertificate } from "./published-certificate.ts";
export { PURPOSES, type Purpose } from "./purposes.ts";
export { isRecoverable, recoverSecretIdentity, recoveryIdentityId, recoverySeedOf } from "./recovery.ts";
export {
  formatRecoveryText,
  parseRecoveryText,
  parseRecoveryWords,
  type RecoverySeed,
  type RecoveryText,
  toRecoveryWords,
} from "./recovery-words.ts";
export { createRevocationCertificate, type RevocationReason, readRevocationCertificate } from "./revoke.ts";
export {
  formatVerificationCode,
  parseVerificationCode,
  SCAN_CODE_MS,
  SCAN_SECRET_BYTES,
  scanProof,
  scanRunId,
  type VerificationCode,
} from "./scan.ts";
export { createSecretIdentity, parseSecretIdentity, type SecretIdentity } from "./secret-identity.ts";
export type { Revocation } from "./self-signatures.ts";
export { SHORT_CODE_NONCE_BYTES, shortCode, shortCodeCommitment } from "./short-code.ts";
export type { SignatureFacts } from "./signature-facts.ts";
export { signObject, verifyObject } from "./signed-object.ts";
export { parseSixtyDigits, type SixtyDigits, sixtyDigits } from "./sixty-digits.ts";
export { acceptTransition, createTransition, offerTransition, type TransitionVerdict, verifyTransition } from "./transition.ts";
export { verifyCertification } from "./verify-certification.ts";
export { type ClaimedOn, ClaimIssuer } from "./verify-claim.ts";
