// Argon2id by WebAssembly: about 0.25 s for the vault's parameters.
import type { DeriveKey } from "./header.ts";

export const deriveKeyArgon2id: DeriveKey = async ({ passphrase, salt, memoryKib, passes }) => {
  // Loaded with the first passphrase: a browser has no need of it before.
  const { argon2id } = await import("hash-wasm");
  return argon2id({
    password: passphrase,
    salt,
    memorySize: memoryKib,
    iterations: passes,
    parallelism: 1,
    hashLength: 32,
    outputType: "binary",
  });
};
