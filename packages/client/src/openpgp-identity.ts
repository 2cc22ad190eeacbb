// The identity port on the real package.
import {
  acceptTransition,
  attestCertifications,
  type Certificate,
  certifiedBy,
  certifyUserId,
  compareProfiles,
  createDeviceCertificate,
  createRevocationCertificate,
  createSecretIdentity,
  IdentityError,
  importSecretKey,
  isRecoverable,
  mergeCertificates,
  offerTransition,
  parseCertificate,
  parseOwnerTrust,
  parseSecretIdentity,
  readKeyring,
  readRevocationCertificate,
  recoverSecretIdentity,
  recoveryIdentityId,
  recoverySeedOf,
  revokeCertification,
  type SecretIdentity,
  signObject,
  signProfile,
  verifyCredential,
  verifyDeviceCertificate,
  verifyEd25519,
  verifyNodeKeyCertificate,
  verifyObject,
  verifyProfile,
  verifyTransition,
} from "@p2pcrypt/identity";
import { LiveNetwork } from "@p2pcrypt/trust";
import type { At, IdentityPort, OpenSecret, ReadCertificate } from "./identity-port.ts";

export const openPgpIdentity: IdentityPort = {
  createSecret: async (options) => (await createSecretIdentity(options)).bytes(),
  importSecret: async (bytes, passphrase, options) => (await importSecretKey(bytes, passphrase, options)).bytes(),
  openSecret: async (bytes, at) => openSecret(await parseSecretIdentity(bytes, at), at),
  isRecoverable,
  recoveredId: recoveryIdentityId,
  recoverSecret: async (seed, options) => (await recoverSecretIdentity(seed, options)).bytes(),
  readCertificate: async (bytes, at) => {
    const certificate = await parsed(bytes, at);
    return certificate === undefined ? undefined : factsOf(certificate, at);
  },
  mergeCertificates,
  minimalCertificate: async (bytes, at) => (await parseCertificate(bytes, at)).minimal(),
  armorCertificate: async (bytes, at) => (await parseCertificate(bytes, at)).armored(),
  applyRevocation: async (bytes, text, at) =>
    mergeCertificates(bytes, await readRevocationCertificate(text, await parseCertificate(bytes, at))),
  verifyObject: async (bytes, purpose, payload, signature, at) => {
    const certificate = await parsed(bytes, at);
    return certificate !== undefined && verifyObject(certificate, purpose, payload, signature, at);
  },
  verifyDevice: async (bytes, deviceCertificate, at) => {
    const certificate = await parsed(bytes, at);
    const verdict = certificate === undefined ? undefined : await verifyDeviceCertificate(certificate, deviceCertificate, at);
    return verdict?.kind === "verified" ? verdict.device : undefined;
  },
  verifyProfile: async (bytes, profile, at) => {
    const certificate = await parsed(bytes, at);
    const verdict = certificate === undefined ? undefined : await verifyProfile(certificate, profile, at);
    return verdict?.kind === "verified" ? verdict : undefined;
  },
  certifiedBy: async (bytes, issuers, at) => certifiedBy(await parseCertificate(bytes, at), issuers, at),
  readKeyring: async (bytes) => (await readKeyring(bytes)).certificates,
  verifyTransition: async (from, to, transition, at) => {
    const [old, fresh] = [await parsed(from, at), await parsed(to, at)];
    if (old === undefined || fresh === undefined) return false;
    return (await verifyTransition(old, fresh, transition, at)).kind === "verified";
  },
  readOwnerTrust: parseOwnerTrust,
  createNetwork: () => new LiveNetwork(),
  compareProfiles,
  verifyNodeKey: async (bytes, nodeKey, at) => {
    const certificate = await parsed(bytes, at);
    const verdict = certificate === undefined ? undefined : await verifyNodeKeyCertificate(certificate, nodeKey, at);
    return verdict?.kind === "verified" ? verdict.nodeKey : undefined;
  },
  verifyCredential,
  verifySignature: verifyEd25519,
};

function openSecret(secret: SecretIdentity, at: At): OpenSecret {
  return {
    certificate: secret.certificate.bytes(),
    minimal: secret.certificate.minimal(),
    facts: factsOf(secret.certificate, at),
    sign: (purpose, payload, nowMs) => signObject(secret, purpose, payload, nowMs),
    signProfile: (profile, nowMs) => signProfile(secret, profile, nowMs),
    certifyDevice: (device, nowMs) => createDeviceCertificate(secret, device, nowMs),
    rename: async (name, nowMs) => (await secret.rename(name, nowMs)).bytes(),
    revoke: async (reason, nowMs) => (await secret.revoke(reason, nowMs)).bytes(),
    offerTransition: (from, nowMs) => offerTransition(from, secret, nowMs),
    acceptTransition: async (to, offer, at) => acceptTransition(secret, await parseCertificate(to, at), offer, at),
    setFindable: async (isFindable, nowMs) => (await secret.setFindable(secret.certificate.name, isFindable, nowMs)).bytes(),
    revocationCertificate: (nowMs) => createRevocationCertificate(secret, nowMs),
    exportForGpg: (passphrase) => secret.exportForGpg(passphrase),
    certify: async (target, userId, terms, nowMs) =>
      certifyUserId(secret, { target: await parseCertificate(target, { atMs: nowMs }), userId }, terms, nowMs),
    revokeCertification: async (target, userId, reason, nowMs) =>
      revokeCertification(secret, { target: await parseCertificate(target, { atMs: nowMs }), userId }, reason, nowMs),
    attest: (certificate, issuers, nowMs) => attestCertifications(secret, certificate, issuers, nowMs),
    recoverySeed: () => recoverySeedOf(secret),
  };
}

function factsOf(certificate: Certificate, { atMs }: At): ReadCertificate {
  const { id, fingerprint, name, revocation } = certificate;
  return {
    id,
    fingerprint,
    name,
    isUsable: certificate.isUsableAt(atMs),
    revocation: revocation.kind,
    isFindable: certificate.isFoundBy(name),
    primaryKey: certificate.primaryKey(),
  };
}

async function parsed(bytes: Uint8Array, at: At): Promise<Certificate | undefined> {
  try {
    return await parseCertificate(bytes, at);
  } catch (error) {
    if (error instanceof IdentityError) return undefined;
    throw error;
  }
}
