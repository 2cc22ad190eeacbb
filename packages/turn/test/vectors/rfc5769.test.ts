// The messages of RFC 5769, byte for byte.
import { decodeHex, encodeUtf8 } from "@p2pcrypt/bytes";
import { describe, expect, it } from "vitest";
import { ATTRIBUTE, METHOD } from "../../src/stun/attributes.ts";
import { isIntegrityGood, longTermKey } from "../../src/stun/integrity.ts";
import { decodeStunMessage, encodeStunMessage, type StunMessage } from "../../src/stun/message.ts";
import { attributeOf, decodeText, decodeXorAddress, encodeText, encodeXorAddress } from "../../src/stun/values.ts";

const PASSWORD = encodeUtf8("VOkJxbRl1RmTxUk/WvJxBt");
const REQUEST = decodeHex(
  "000100582112a442b7e7a701bc34d686fa87dfae80220010" +
    "5354554e207465737420636c69656e74" +
    "002400046e0001ff80290008932ff9b151263b36" +
    "000600096576746a3a68367659202020" +
    "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf",
);
const RESPONSE_IPV4 = decodeHex(
  "0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220" +
    "002000080001a147e112a643000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96",
);
const RESPONSE_IPV6 = decodeHex(
  "010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220" +
    "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d900080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c",
);
const LONG_TERM_REQUEST = decodeHex(
  "000100602112a44278ad3433c6ad72c029da412e00060012e3839ee38388e383aae38383e382afe382b90000" +
    "0015001c662f2f3439396b39353464364f4c33346f4c39465354767936347341" +
    "0014000b6578616d706c652e6f726700" +
    "00080014f67024656dd64a3e02b8e0712e85c9a28ca89666",
);

describe("RFC 5769", () => {
  it("section 2.1: a request with short-term credentials", () => {
    const message = decodeStunMessage(REQUEST);
    expect(message).toMatchObject({ class: "request", method: METHOD.binding, hasFingerprint: true });
    expect(decodeText(attributeOf(message, ATTRIBUTE.username), 100)).toBe("evtj:h6vY");
    expectGoodOnlyAsItIs(message, PASSWORD);
  });

  it("section 2.2: an answer with an IPv4 address", () => {
    const message = decodeStunMessage(RESPONSE_IPV4);
    expect(message).toMatchObject({ class: "success", method: METHOD.binding });
    expectMapped(message, { family: "ipv4", ip: "192.0.2.1", port: 32853 });
    expectGoodOnlyAsItIs(message, PASSWORD);
  });

  it("section 2.3: an answer with an IPv6 address", () => {
    const message = decodeStunMessage(RESPONSE_IPV6);
    expectMapped(message, { family: "ipv6", ip: "2001:db8:1234:5678:11:2233:4455:6677", port: 32853 });
    expectGoodOnlyAsItIs(message, PASSWORD);
  });

  it("section 2.4: a request with long-term credentials, read and written", () => {
    const message = decodeStunMessage(LONG_TERM_REQUEST);
    const username = "マトリックス";
    expect(decodeText(attributeOf(message, ATTRIBUTE.username), 100)).toBe(username);
    const key = longTermKey(username, "example.org", "TheMatrIX");
    expectGoodOnlyAsItIs(message, key);
    const written = encodeStunMessage(
      message,
      [
        encodeText(ATTRIBUTE.username, username),
        encodeText(ATTRIBUTE.nonce, "f//499k954d6OL34oL9FSTvy64sA"),
        encodeText(ATTRIBUTE.realm, "example.org"),
      ],
      { integrity: { kind: "sha1", key } },
    );
    expect(written).toEqual(LONG_TERM_REQUEST);
  });
});

function expectMapped(message: StunMessage, address: { family: "ipv4" | "ipv6"; ip: string; port: number }): void {
  const value = attributeOf(message, ATTRIBUTE.xorMappedAddress) ?? new Uint8Array();
  expect(decodeXorAddress(value, message.transactionId)).toEqual(address);
  expect(encodeXorAddress(ATTRIBUTE.xorMappedAddress, address, message.transactionId).value).toEqual(value);
}

/** One byte of another key, or of the message, and it does not hold. */
function expectGoodOnlyAsItIs(message: StunMessage, key: Uint8Array): void {
  expect(isIntegrityGood(message, "sha1", key)).toBe(true);
  expect(isIntegrityGood(message, "sha1", Uint8Array.of(...key, 1))).toBe(false);
  const bytes = message.bytes.slice();
  bytes[30] = (bytes[30] ?? 0) ^ 1;
  expect(isIntegrityGood({ ...message, bytes }, "sha1", key)).toBe(false);
  if (message.hasFingerprint) expect(() => decodeStunMessage(bytes)).toThrow("fingerprint");
}
