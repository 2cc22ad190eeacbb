// The part of WebCrypto that files use, over Node's own cryptography in the calling thread. Node's WebCrypto copies each segment to another
// thread and back, which costs several times what AES-GCM takes.
import {
  type CipherGCMTypes,
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  type KeyObject,
  webcrypto,
} from "node:crypto";
import { giveBack } from "@p2pcrypt/bytes";
import type { Subtle, SubtleKey } from "@p2pcrypt/files";

const { subtle } = webcrypto;
const CIPHER: CipherGCMTypes = "aes-256-gcm";
const KEY_BYTES = 32;
const TAG_BYTES = 16;
/** The largest block whose release changes how glibc treats those that are no larger. */
const LARGE_BYTES = 32 * 1024 * 1024 - 65_536;

/** Of AES-GCM, for what it was imported for. */
class SegmentKey implements SubtleKey {
  readonly type = "secret";
  readonly #key: KeyObject;
  readonly #usages: readonly string[];

  constructor(bytes: Uint8Array, usages: readonly string[]) {
    if (bytes.length !== KEY_BYTES) throw new RangeError("bytes: a key of 32 is wanted");
    this.#key = createSecretKey(bytes);
    this.#usages = usages;
  }

  static for(usage: "encrypt" | "decrypt", key: SubtleKey): KeyObject {
    if (!(key instanceof SegmentKey) || !key.#usages.includes(usage)) throw new Error("the key is not for this");
    return key.#key;
  }
}

export const nodeSubtle: Subtle = {
  digest: async (_, bytes) => bufferOf(createHash("sha256").update(bytes).digest()),
  importKey: async (format, bytes, algorithm, isExtractable, usages) =>
    algorithm === "AES-GCM" ? new SegmentKey(bytes, usages) : subtle.importKey(format, bytes, algorithm, isExtractable, usages),
  deriveBits: (algorithm, key, bits) => subtle.deriveBits(algorithm, key as webcrypto.CryptoKey, bits),
  encrypt: async ({ iv }, key, plaintext) => {
    const cipher = createCipheriv(CIPHER, SegmentKey.for("encrypt", key), iv);
    const sealed = cipher.update(plaintext);
    cipher.final();
    const all = Buffer.allocUnsafeSlow(sealed.length + TAG_BYTES);
    all.set(sealed);
    all.set(cipher.getAuthTag(), sealed.length);
    giveBack(sealed);
    return bufferOf(all);
  },
  decrypt: async ({ iv }, key, ciphertext) => {
    const at = ciphertext.length - TAG_BYTES;
    if (at < 0) throw new Error("shorter than a tag");
    const decipher = createDecipheriv(CIPHER, SegmentKey.for("decrypt", key), iv, { authTagLength: TAG_BYTES });
    decipher.setAuthTag(ciphertext.subarray(at));
    const opened = decipher.update(ciphertext.subarray(0, at));
    // Nobody sees it before this.
    decipher.final();
    return bufferOf(opened);
  },
};

/**
 * Once for a process that moves files. glibc hands a block of a megabyte back to the system when it is freed, and every page of the next
 * one is a fault then, which costs more than to seal it; after one larger block was freed, it keeps them. Nothing of that block is touched.
 */
export function keepFreedMemory(): void {
  giveBack(new Uint8Array(LARGE_BYTES));
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBuffer {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) return buffer;
  return Uint8Array.from(new Uint8Array(buffer, byteOffset, byteLength)).buffer;
}
