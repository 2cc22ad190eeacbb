// Who runs this node, certificates, profiles and key packages (spec/protocol/api.md section 5).
import * as z from "zod/mini";
import { count, identityId, timeMs } from "./binary.ts";
import {
  MAX_CERTIFICATE_BYTES,
  MAX_CLAIM_TOKENS,
  MAX_DEVICES,
  MAX_KEY_PACKAGE_BYTES,
  MAX_KEY_PACKAGES_PER_PUBLISH,
  MAX_PROFILE_BYTES,
} from "./limits.ts";
import type { Operation } from "./operation.ts";
import { certificate, deviceCertificate, deviceId, deviceProof, hash, keyPackage, nodeUrl, profile } from "./schemas.ts";

const SMALL_BODY_BYTES = 16 * 1024;
const jsonBytes = (binaryBytes: number): number => Math.ceil((binaryBytes * 4) / 3) + SMALL_BODY_BYTES;

export const directoryOperations = {
  "node.describe": {
    method: "GET",
    path: "/v1/node",
    summary: "Who runs this node, what it offers, its limits and its keys.",
    capability: "none",
    maxBodyBytes: 0,
    request: z.strictObject({}),
    response: z.object({
      node: identityId,
      certificate,
      /** The node identity's statement about its checkpoint key. */
      nodeKey: deviceCertificate,
      software: z.string().check(z.maxLength(100)),
      version: z.string().check(z.maxLength(100)),
      services: z.array(z.string().check(z.maxLength(50))).check(z.maxLength(20)),
      limits: z.record(z.string().check(z.maxLength(50)), count),
      publicUrl: nodeUrl,
      timeMs,
    }),
    errors: [],
  },
  "identity.publish": {
    method: "POST",
    path: "/v1/identities",
    summary: "Merges a certificate into the directory.",
    capability: "none",
    maxBodyBytes: jsonBytes(MAX_CERTIFICATE_BYTES),
    request: z.strictObject({ certificate }),
    response: z.strictObject({ identity: identityId }),
    errors: ["badCertificate", "quota", "storageFull"],
  },
  "identity.lookup": {
    method: "GET",
    path: "/v1/identities/{identity}",
    summary: "An identity's certificate, as far as this node knows it.",
    capability: "none",
    maxBodyBytes: 0,
    request: z.strictObject({ identity: identityId }),
    response: z.strictObject({ certificate }),
    errors: ["notFound"],
  },
  "profile.publish": {
    method: "POST",
    path: "/v1/profiles",
    summary: "Publishes a signed profile; an older one never replaces a newer one.",
    capability: "none",
    maxBodyBytes: jsonBytes(MAX_CERTIFICATE_BYTES + MAX_PROFILE_BYTES),
    request: z.strictObject({ certificate, profile }),
    response: z.strictObject({ sequence: count }),
    errors: ["badCertificate", "olderProfile", "quota", "storageFull"],
  },
  "profile.lookup": {
    method: "GET",
    path: "/v1/profiles/{identity}",
    summary: "An identity's certificate and newest profile.",
    capability: "none",
    maxBodyBytes: 0,
    request: z.strictObject({ identity: identityId }),
    response: z.strictObject({ certificate, profile }),
    errors: ["notFound"],
  },
  "keyPackage.publish": {
    method: "POST",
    path: "/v1/key-packages",
    summary: "Stocks one-time key packages of one device, and says who may claim them.",
    capability: "device",
    maxBodyBytes: jsonBytes(MAX_CERTIFICATE_BYTES + (MAX_KEY_PACKAGES_PER_PUBLISH + 1) * MAX_KEY_PACKAGE_BYTES),
    request: z.strictObject({
      identity: identityId,
      certificate,
      deviceCertificate,
      packages: z.array(keyPackage).check(z.maxLength(MAX_KEY_PACKAGES_PER_PUBLISH)),
      /** Handed out, again and again, only when no other is left. Replaces the one before. */
      lastResort: z.optional(keyPackage),
      /** `tokenHash` of every claim token that is good from now on. Absent: as before. */
      claimTokenHashes: z.optional(z.array(hash).check(z.maxLength(MAX_CLAIM_TOKENS))),
      /** Drops this device's stock before adding. */
      replaces: z.optional(z.boolean()),
      proof: deviceProof,
    }),
    response: z.strictObject({ count, hasLastResort: z.boolean() }),
    errors: ["badCertificate", "badSignature", "staleRequest", "quota", "storageFull"],
  },
  "keyPackage.count": {
    method: "POST",
    path: "/v1/key-packages/count",
    summary:
      "How many key packages of this device are left, and whether its last-resort one was handed out since it was published.",
    capability: "device",
    maxBodyBytes: jsonBytes(MAX_CERTIFICATE_BYTES),
    request: z.strictObject({ identity: identityId, certificate, deviceCertificate, proof: deviceProof }),
    response: z.strictObject({ count, hasLastResort: z.boolean(), wasLastResortUsed: z.boolean() }),
    errors: ["badCertificate", "badSignature", "staleRequest"],
  },
  "keyPackage.claim": {
    method: "POST",
    path: "/v1/key-packages/claim",
    summary: "Takes one key package of every device of an identity, or of one device.",
    capability: "claim",
    maxBodyBytes: SMALL_BODY_BYTES,
    request: z.strictObject({ identity: identityId, device: z.optional(deviceId) }),
    response: z.strictObject({
      packages: z
        .array(z.strictObject({ device: deviceId, keyPackage, isLastResort: z.boolean() }))
        .check(z.maxLength(MAX_DEVICES)),
    }),
    errors: ["forbidden", "noKeyPackage"],
  },
} as const satisfies Record<string, Operation>;
