import { ApiError, limits } from "@p2pcrypt/api";
import type { NodeContext } from "./context.ts";

const MERGE_ATTEMPTS = 5;

/**
 * Adds a certificate to what is known of its identity; nothing that its owner said, and no revocation, is lost (I12).
 *
 * @returns the identity's id.
 * @throws {ApiError} badCertificate, quota, unavailable
 */
export async function mergeIntoDirectory({ deps }: NodeContext, certificate: Uint8Array): Promise<string> {
  const { checks, store } = deps;
  const atMs = deps.clock.nowMs();
  const issuerOf = async (fingerprint: string): Promise<Uint8Array | undefined> => {
    const [issuer] = await store.identitiesByTerm(`fpr ${fingerprint}`, 1);
    return issuer === undefined ? undefined : store.certificate(issuer);
  };
  const options = { atMs, maxBytes: limits.MAX_CERTIFICATE_BYTES, issuerOf };
  const identity = checks.claimedIdentity(certificate);
  if (identity === undefined) throw new ApiError("badCertificate");
  for (let attempt = 0; attempt < MERGE_ATTEMPTS; attempt++) {
    const known = await store.certificate(identity);
    const entry = await checks.mergeIntoDirectory(known, certificate, options);
    if (entry === undefined) throw new ApiError("badCertificate");
    const outcome = await store.putCertificate(entry.id, entry, known);
    if (outcome === "stored") return entry.id;
    if (outcome === "quota") throw new ApiError("quota");
    if (outcome === "collision") throw new ApiError("badCertificate");
  }
  throw new ApiError("unavailable");
}
