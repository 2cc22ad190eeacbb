// INSECURE: identities, devices and profiles as plain JSON with a hash for a signature, for worlds that replay from a seed. The real ones
// wait for threads of the platform; these wait for nothing. Every rule about who may sign for whom holds as in the real ones.
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, decodeHex, decodeUtf8, encodeHex, encodeUtf8, equalBytes, type RandomBytes } from "@p2pcrypt/bytes";
import type { IdentityPort, OpenSecret } from "@p2pcrypt/client";
import { decodeCredential, type Profile } from "@p2pcrypt/identity";
import type { IdentityChecks } from "@p2pcrypt/server";
import type { IdentityId, SessionCrypto } from "@p2pcrypt/session";
import { INSECURE } from "./structural-crypto.ts";

interface Paper {
  readonly kind: "secret" | "certificate" | "device" | "profile" | "nodeKey";
  readonly primary: string;
  readonly name?: string;
  readonly revocation?: "none" | "soft" | "hard";
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly signature?: string;
}

export interface StructuralIdentity {
  readonly port: IdentityPort;
  readonly checks: IdentityChecks;
  /** A node's certificate and its statement about its checkpoint key. */
  nodePapers(
    seed: string,
    checkpointKey: Uint8Array,
  ): { readonly nodeId: IdentityId; readonly certificate: Uint8Array; readonly nodeKey: Uint8Array };
}

export function createStructuralIdentity(crypto: SessionCrypto, random: RandomBytes): StructuralIdentity {
  const verifySignature = (key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean | Promise<boolean> =>
    crypto.verify(key, message, signature);
  const port: IdentityPort = {
    createSecret: async ({ name }) => write({ kind: "secret", primary: encodeHex(random(32)), name, revocation: "none" }),
    importSecret: async (bytes) => bytes,
    openSecret: async (bytes) => openSecret(read(bytes, "secret")),
    isRecoverable: () => true,
    recoveredId: ({ seed }) => idOf(encodeHex(seed)),
    recoverSecret: async ({ seed }, { name }) => write({ kind: "secret", primary: encodeHex(seed), name, revocation: "none" }),
    readCertificate: async (bytes) => {
      const paper = attempt(() => read(bytes, "certificate"));
      return paper === undefined ? undefined : factsOf(paper);
    },
    mergeCertificates: async (a, b) => (read(b, "certificate").revocation === "none" ? a : b),
    applyRevocation: async (bytes) => bytes,
    readOwnerTrust: () => [],
    verifyTransition: async () => false,
    minimalCertificate: async (bytes) => bytes,
    armorCertificate: async (bytes) => decodeUtf8(bytes),
    verifyObject: async (certificate, purpose, payload, signature) =>
      equalBytes(signature, signatureOf(read(certificate, "certificate").primary, purpose, payload)),
    verifyDevice: async (certificate, device) => {
      const paper = attempt(() => signed(device, "device"));
      if (paper === undefined || paper.primary !== read(certificate, "certificate").primary) return undefined;
      const notAfterMs = Number(paper.fields?.["notAfterMs"]);
      return { deviceId: bytesOf(paper, "deviceId"), signatureKey: bytesOf(paper, "signatureKey"), notAfterMs };
    },
    verifyProfile: async (certificate, bytes, { atMs }) => {
      const profile = attempt(() => profileOf(signed(bytes, "profile")));
      if (profile === undefined || profile.identityId !== idOf(read(certificate, "certificate").primary)) return undefined;
      return { profile, isExpired: atMs > profile.validUntilMs };
    },
    compareProfiles: (known, incoming) => {
      const [a, b] = [profileOf(signed(known, "profile")), profileOf(signed(incoming, "profile"))];
      if (a.sequence === b.sequence) return { kind: equalBytes(known, incoming) ? "same" : "equivocation" };
      return { kind: a.sequence < b.sequence ? "newer" : "older" };
    },
    // Nobody certifies anybody here: worlds are about schedules.
    certifiedBy: async (certificate) => certificate,
    readKeyring: async () => [],
    createNetwork: () => ({
      put: async () => undefined,
      authenticate: () => ({ amount: 0, paths: [] }),
      nextChangeMs: () => undefined,
      certifications: () => [],
    }),
    verifyNodeKey: async (certificate, nodeKey) => {
      const paper = attempt(() => signed(nodeKey, "nodeKey"));
      return paper?.primary === read(certificate, "certificate").primary
        ? { checkpointKey: bytesOf(paper, "checkpointKey") }
        : undefined;
    },
    verifyCredential: async (bytes, { atMs }) => {
      const verified = attempt(() => {
        const { certificate, deviceCertificate } = decodeCredential(bytes);
        return { paper: read(certificate, "certificate"), device: signed(deviceCertificate, "device") };
      });
      if (verified === undefined || verified.paper.primary !== verified.device.primary)
        return { kind: "refused", reason: "malformed" };
      const { device, paper } = verified;
      const [notBeforeMs, notAfterMs] = [Number(device.fields?.["notBeforeMs"]), Number(device.fields?.["notAfterMs"])];
      if (atMs + 300_000 < notBeforeMs || atMs > notAfterMs) return { kind: "refused", reason: "outOfTime", notBeforeMs };
      const { id: identityId, fingerprint, name } = factsOf(paper);
      const [deviceId, signatureKey] = [bytesOf(device, "deviceId"), bytesOf(device, "signatureKey")];
      return { kind: "verified", identityId, fingerprint, name, deviceId, signatureKey, notBeforeMs, notAfterMs };
    },
    verifySignature,
  };
  const checks: IdentityChecks = {
    readCertificate: async (bytes) => {
      const paper = attempt(() => read(bytes, "certificate"));
      return paper === undefined ? undefined : { id: idOf(paper.primary) };
    },
    claimedIdentity: (bytes) => {
      const paper = attempt(() => read(bytes, "certificate"));
      return paper === undefined ? undefined : idOf(paper.primary);
    },
    mergeIntoDirectory: async (known, incoming) => {
      const paper = attempt(() => read(incoming, "certificate"));
      if (paper === undefined) return undefined;
      const { id, fingerprint } = factsOf(paper);
      const bytes = known === undefined ? incoming : await port.mergeCertificates(known, incoming);
      return { id, fingerprint, bytes, terms: [] };
    },
    servedCertificate: (stored) => stored,
    verifyProfile: async (certificate, profile, at) => {
      const verified = await port.verifyProfile(certificate, profile, at);
      return verified === undefined ? undefined : { sequence: verified.profile.sequence };
    },
    verifyDevice: async (certificate, device, at) => {
      const verified = await port.verifyDevice(certificate, device, at);
      return verified === undefined ? undefined : { identityId: idOf(read(certificate, "certificate").primary), ...verified };
    },
    // The structural suite answers at once.
    verifySignature: (key, message, signature) => verifySignature(key, message, signature) === true,
  };
  return {
    port,
    checks,
    nodePapers: (seed, checkpointKey) => {
      const primary = encodeHex(sha256(encodeUtf8(`${INSECURE}: node ${seed}`)));
      const certificate = write({ kind: "certificate", primary, name: "node", revocation: "none" });
      return {
        nodeId: idOf(primary),
        certificate,
        nodeKey: sign({ kind: "nodeKey", primary, fields: { checkpointKey: encodeHex(checkpointKey) } }),
      };
    },
  };
}

function openSecret(secret: Paper): OpenSecret {
  const { primary, name = "", revocation = "none" } = secret;
  const certificate = write({ kind: "certificate", primary, name, revocation });
  return {
    certificate,
    minimal: certificate,
    facts: factsOf(secret),
    sign: async (purpose, payload) => signatureOf(primary, purpose, payload),
    signProfile: async (profile) =>
      sign({ kind: "profile", primary, fields: fieldsOf({ ...profile, identityId: idOf(primary) }) }),
    certifyDevice: async ({ deviceId, signatureKey, notBeforeMs, notAfterMs }) =>
      sign({
        kind: "device",
        primary,
        fields: { deviceId: encodeHex(deviceId), signatureKey: encodeHex(signatureKey), notBeforeMs, notAfterMs },
      }),
    rename: async (next) => write({ ...secret, name: next }),
    revoke: async (reason) => write({ ...secret, revocation: reason === "compromised" ? "hard" : "soft" }),
    certify: async (target) => target,
    revokeCertification: async (target) => target,
    attest: async (own) => ({ certificate: own, makers: [] }),
    revocationCertificate: async () => "",
    offerTransition: async () => new Uint8Array(0),
    acceptTransition: async (_to, offer) => offer,
    setFindable: async () => write(secret),
    exportForGpg: async () => "",
    recoverySeed: () => ({ seed: decodeHex(primary), createdS: 0 }),
  };
}

function factsOf({ primary, name = "", revocation = "none" }: Paper) {
  return {
    id: idOf(primary),
    fingerprint: primary.slice(0, 40).toUpperCase(),
    name,
    isUsable: revocation === "none",
    revocation,
    isFindable: false,
    primaryKey: decodeHex(primary),
  };
}

function idOf(primary: string): IdentityId {
  return encodeHex(sha256(encodeUtf8(`identity ${primary}`))) as IdentityId;
}

function signatureOf(primary: string, purpose: string, payload: Uint8Array): Uint8Array {
  return sha256(concatBytes(encodeUtf8(`${primary} ${purpose} `), payload));
}

function sign(paper: Paper): Uint8Array {
  return write({
    ...paper,
    signature: encodeHex(signatureOf(paper.primary, paper.kind, encodeUtf8(JSON.stringify(paper.fields)))),
  });
}

function signed(bytes: Uint8Array, kind: Paper["kind"]): Paper {
  const paper = read(bytes, kind);
  const expected = encodeHex(signatureOf(paper.primary, kind, encodeUtf8(JSON.stringify(paper.fields))));
  if (paper.signature !== expected) throw new RangeError("not signed");
  return paper;
}

function write(paper: Paper): Uint8Array {
  return encodeUtf8(JSON.stringify(paper));
}

function read(bytes: Uint8Array, kind: Paper["kind"]): Paper {
  const paper: Paper = JSON.parse(decodeUtf8(bytes));
  if (paper.kind !== kind) throw new RangeError("another kind of paper");
  return paper;
}

function fieldsOf(profile: Profile): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify(profile, (_, value: unknown) =>
      value instanceof Uint8Array ? { hex: encodeHex(value) } : typeof value === "bigint" ? { big: String(value) } : value,
    ),
  );
}

function profileOf({ fields }: Paper): Profile {
  return JSON.parse(JSON.stringify(fields), (_, value) => {
    if (typeof value?.hex === "string") return decodeHex(value.hex);
    return typeof value?.big === "string" ? BigInt(value.big) : value;
  });
}

function bytesOf({ fields }: Paper, name: string): Uint8Array {
  return decodeHex(String(fields?.[name]));
}

function attempt<Result>(run: () => Result): Result | undefined {
  try {
    return run();
  } catch {
    return undefined; // whatever is wrong with the bytes, they are not the paper that was asked for
  }
}
