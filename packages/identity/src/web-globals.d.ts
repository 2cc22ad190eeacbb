// The few globals that Node, browsers and workers share and that this package uses.
interface VerifyKey {
  readonly type: "public" | "private" | "secret";
}
declare const crypto: {
  readonly subtle: {
    digest(algorithm: "SHA-256", bytes: Uint8Array): Promise<ArrayBuffer>;
    importKey(
      format: "raw",
      key: Uint8Array,
      algorithm: "Ed25519",
      isExtractable: false,
      usages: readonly ["verify"],
    ): Promise<VerifyKey>;
    verify(algorithm: "Ed25519", key: VerifyKey, signature: Uint8Array, bytes: Uint8Array): Promise<boolean>;
  };
};
