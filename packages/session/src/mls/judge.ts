// Credentials of leaves, judged at one time and remembered for one operation.
import { encodeHex, equalBytes } from "@p2pcrypt/bytes";
import type { CredentialVerifier, VerifiedCredential } from "../credential-verifier.ts";
import { MAX_CREDENTIAL_BYTES } from "../group/founding.ts";
import type { Credential, LeafNode } from "./library.ts";

export interface Judge {
  /** The credential of a leaf whose signature key it certifies. @returns undefined when it does not hold. */
  verdictOn(leaf: Pick<LeafNode, "credential" | "signaturePublicKey">): Promise<VerifiedCredential | undefined>;
  /** The same question as ts-mls asks it. */
  readonly service: { validateCredential(credential: Credential, signaturePublicKey: Uint8Array): Promise<boolean> };
}

/**
 * @param options.isLenient when set, a credential that is not good at `atMs` may have been good when its device was certified:
 * leaves already in a group that we join were judged by its members at the time they entered.
 */
export function createJudge(
  verifyCredential: CredentialVerifier,
  { atMs, isLenient = false }: { readonly atMs: number; readonly isLenient?: boolean },
): Judge {
  const remembered = new Map<string, Promise<VerifiedCredential | undefined>>();

  async function judge(bytes: Uint8Array, signatureKey: Uint8Array): Promise<VerifiedCredential | undefined> {
    let verdict = await verifyCredential(bytes, { atMs });
    if (verdict.kind === "refused" && isLenient && verdict.notBeforeMs !== undefined) {
      verdict = await verifyCredential(bytes, { atMs: verdict.notBeforeMs });
    }
    return verdict.kind === "verified" && equalBytes(verdict.signatureKey, signatureKey) ? verdict : undefined;
  }

  function verdictOn(leaf: Pick<LeafNode, "credential" | "signaturePublicKey">): Promise<VerifiedCredential | undefined> {
    if (leaf.credential.credentialType !== "basic" || leaf.credential.identity.length > MAX_CREDENTIAL_BYTES) {
      return Promise.resolve(undefined);
    }
    const key = `${encodeHex(leaf.signaturePublicKey)} ${encodeHex(leaf.credential.identity)}`;
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const verdict = judge(leaf.credential.identity, leaf.signaturePublicKey);
    remembered.set(key, verdict);
    return verdict;
  }

  return {
    verdictOn,
    service: {
      async validateCredential(credential, signaturePublicKey) {
        return (await verdictOn({ credential, signaturePublicKey })) !== undefined;
      },
    },
  };
}
