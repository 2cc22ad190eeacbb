// Argon2id by WebAssembly: about 0.25 s for the vault's parameters.
import { argon2id } from "hash-wasm";
import type { DeriveKey } from "./header.ts";

export const deriveKeyArgon2id: DeriveKey = ({ passphrase, salt, memoryKib, passes }) =>
  argon2id({
    password: passphrase,
    salt,
    memorySize: memoryKib,
    iterations: passes,
    parallelism: 1,
    hashLength: 32,
    outputType: "binary",
  });
