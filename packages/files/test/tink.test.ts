// What Tink itself sealed opens here, and what is sealed here under Tink's header is byte for byte what Tink wrote.
import { createHash, webcrypto } from "node:crypto";
import { concatBytes, decodeHex, encodeHex } from "@p2pcrypt/bytes";
import { describe, expect, it } from "vitest";
import tink from "../../../spec/vectors/tink.json" with { type: "json" };
import { HEADER_BYTES, layoutOf, segmentAt } from "../src/segments.ts";
import { decodeHeader, TinkStream } from "../src/tink-stream.ts";

const key = decodeHex(tink.key);
const associatedData = decodeHex(tink.associated_data);

describe("Tink's AES256_GCM_HKDF_1MB", () => {
  it.each(tink.files)("$plaintext_bytes bytes are sealed as tink-go sealed them", async (file) => {
    const layout = layoutOf(file.plaintext_bytes);
    expect(layout.sealedBytes).toBe(file.sealed_bytes);
    const header = decodeHeader(decodeHex(file.header));
    const secret = { key, header, associatedData };
    const sealing = await TinkStream.create("encrypt", webcrypto.subtle, secret, layout);
    const opening = await TinkStream.create("decrypt", webcrypto.subtle, secret, layout);
    const plaintext = Uint8Array.from({ length: file.plaintext_bytes }, (_, at) => at % 251);
    const segments: Uint8Array[] = [];
    for (let index = 0; index < layout.segments; index++) {
      const { plaintextAt, plaintextBytes } = segmentAt(layout, index);
      const part = plaintext.subarray(plaintextAt, plaintextAt + plaintextBytes);
      const segment = await sealing.seal(index, part);
      expect(Buffer.compare(await opening.open(index, segment), part)).toBe(0);
      segments.push(segment);
    }
    const sealed = concatBytes(...segments);
    expect(encodeHex(sealed.subarray(0, HEADER_BYTES))).toBe(file.header);
    expect(createHash("sha256").update(sealed).digest("hex")).toBe(file.sha256);
    if (file.sealed !== undefined) expect(encodeHex(sealed)).toBe(file.sealed);
  });
});
