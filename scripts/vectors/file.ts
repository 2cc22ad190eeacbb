// Sealed files (spec/protocol/sealed-file.md).
import { createHash, webcrypto } from "node:crypto";
import { concatBytes } from "@p2pcrypt/bytes";
import { createSealingSecret, encodeFacts, FileHash, FileSealer, paddedBytes } from "@p2pcrypt/files";
import { counting, type VectorFile } from "./vector-file.ts";

export async function fileVectors(random: (length: number) => Uint8Array): Promise<VectorFile> {
  const small = await sealedFile(counting(3, 100), "text/plain", random);
  const large = await sealedFile(counting(5, 2_500_000), "application/octet-stream", random);
  return {
    spec: "sealed-file.md",
    small: { ...small.facts, plaintext: counting(3, 100), blob: small.blob },
    /** Byte i is i + 5, modulo 256. */
    large: {
      ...large.facts,
      blob_bytes: large.blob.length,
      header: large.blob.slice(0, 40),
      blob_sha256: createHash("sha256").update(large.blob).digest("hex"),
    },
    padded_bytes: [0, 1, 4096, 4097, 10_000, 1_000_000, 1_048_577, 5_000_000_000].map((size) => ({
      size,
      padded: paddedBytes(size),
    })),
  };
}

async function sealedFile(plaintext: Uint8Array, type: string, random: (length: number) => Uint8Array) {
  const { subtle } = webcrypto;
  const secret = createSealingSecret(random);
  const sealer = await FileSealer.create(subtle, secret, { trueBytes: plaintext.length, type });
  const hash = new FileHash(subtle);
  const segments: Uint8Array[] = [];
  for await (const { bytes, digest } of sealer.segments(async (at, size) => plaintext.subarray(at, at + size))) {
    segments.push(bytes);
    await hash.add(digest);
  }
  const told = { true_bytes: plaintext.length, type, key: secret.key, commitment: sealer.commitment, hash: hash.chain };
  const bound = { file_facts: encodeFacts({ trueBytes: plaintext.length, type }) };
  return { facts: { ...told, ...bound }, blob: concatBytes(...segments) };
}
