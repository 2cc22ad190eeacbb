// Identities and everything that they sign (spec/protocol/identity.md).
import {
  createDeviceCertificate,
  createNodeKeyCertificate,
  createTransition,
  encodeCredential,
  formatContactLink,
  identityIdOf,
  type Profile,
  PURPOSES,
  parseSecretIdentity,
  type SecretIdentity,
  shortCode,
  shortCodeCommitment,
  signObject,
  signProfile,
  signWithDevice,
  sixtyDigits,
} from "@p2pcrypt/identity";
import { AT_MS, counting, DAY_MS, type Keys, type VectorFile } from "./vector-file.ts";

export async function identityVectors(keys: Keys): Promise<VectorFile> {
  const [ana, ben] = [await parseSecretIdentity(keys.ana, { atMs: AT_MS }), await parseSecretIdentity(keys.ben, { atMs: AT_MS })];
  return {
    spec: "identity.md",
    at_ms: AT_MS,
    identities: [await identityOf(ana), await identityOf(ben)],
    signed_objects: await signedObjects(ana),
    device_signature: deviceSignature(),
    device_certificate: await deviceVector(ana),
    profile: await profileVector(ana),
    node_key: await nodeKeyVector(ana),
    sixty_digits: {
      primary_keys: [ana.certificate.primaryKey(), ben.certificate.primaryKey()],
      digits: sixtyDigits(ana.certificate.primaryKey(), ben.certificate.primaryKey()).digits,
    },
    short_code: shortCodeVector(),
    contact_link: {
      node_url: "https://node.example",
      identity: ana.certificate.id,
      name_hint: "Ana",
      link: formatContactLink({ nodeUrl: "https://node.example", identityId: ana.certificate.id, nameHint: "Ana" }),
    },
    transition: { bytes: await createTransition(ana, ben, AT_MS) },
  };
}

async function identityOf(secret: SecretIdentity): Promise<object> {
  const { certificate } = secret;
  return {
    secret: secret.bytes(),
    certificate: certificate.bytes(),
    minimal: certificate.minimal(),
    primary_key: certificate.primaryKey(),
    identity: identityIdOf(certificate.primaryKey()),
    fingerprint: certificate.fingerprint,
    name: certificate.name,
  };
}

async function signedObjects(secret: SecretIdentity): Promise<readonly object[]> {
  const payload = counting(0, 40);
  return Promise.all(
    Object.values(PURPOSES).map(async (purpose) => ({
      purpose,
      payload,
      signature: await signObject(secret, purpose, payload, AT_MS),
    })),
  );
}

function deviceSignature(): object {
  const [secret_key, payload] = [counting(1), counting(0, 40)];
  return {
    purpose: PURPOSES.welcomeEnvelope,
    secret_key,
    payload,
    signature: signWithDevice(secret_key, PURPOSES.welcomeEnvelope, payload),
  };
}

async function deviceVector(secret: SecretIdentity): Promise<object> {
  const fields = {
    deviceId: counting(0x10, 16),
    signatureKey: counting(0x20),
    notBeforeMs: AT_MS,
    notAfterMs: AT_MS + 90 * DAY_MS,
  };
  const bytes = await createDeviceCertificate(secret, fields, AT_MS);
  const { deviceId, signatureKey, notBeforeMs, notAfterMs } = fields;
  return {
    device: deviceId,
    signature_key: signatureKey,
    not_before_ms: notBeforeMs,
    not_after_ms: notAfterMs,
    bytes,
    credential: encodeCredential(secret.certificate.minimal(), bytes),
  };
}

async function profileVector(secret: SecretIdentity): Promise<object> {
  const profile: Omit<Profile, "identityId"> = {
    sequence: 2n ** 40n,
    issuedMs: AT_MS,
    validUntilMs: AT_MS + 30 * DAY_MS,
    isDeleted: false,
    displayName: "Ana",
    inboxes: [
      {
        nodeId: secret.certificate.id,
        nodeUrl: "https://node.example",
        stream: counting(0x30),
        inboxKey: counting(0, 1216),
        keyId: 7,
      },
    ],
    devices: [counting(0x10, 16)],
    revokedDevices: [counting(0x50, 16), counting(0x60, 16)],
  };
  const { sequence, displayName, devices, revokedDevices, issuedMs, validUntilMs, inboxes } = profile;
  return {
    sequence,
    issued_ms: issuedMs,
    valid_until_ms: validUntilMs,
    display_name: displayName,
    inboxes: inboxes.map(({ nodeId, nodeUrl, stream, inboxKey, keyId }) => ({
      node: nodeId,
      node_url: nodeUrl,
      stream,
      key: inboxKey,
      key_id: keyId,
    })),
    devices,
    revoked_devices: revokedDevices,
    bytes: await signProfile(secret, profile, AT_MS),
  };
}

async function nodeKeyVector(secret: SecretIdentity): Promise<object> {
  const fields = { checkpointKey: counting(0x70), notBeforeMs: AT_MS, notAfterMs: AT_MS + 400 * DAY_MS };
  return { checkpoint_key: fields.checkpointKey, bytes: await createNodeKeyCertificate(secret, fields, AT_MS) };
}

function shortCodeVector(): object {
  const [initiatorNonce, responderNonce, key, context] = [counting(1), counting(0x40), counting(0x80), counting(0, 200)];
  const commitment = shortCodeCommitment(initiatorNonce, key);
  return {
    initiator_nonce: initiatorNonce,
    responder_nonce: responderNonce,
    key,
    context,
    commitment,
    code: shortCode({ initiatorNonce, responderNonce, commitment, context }),
  };
}
