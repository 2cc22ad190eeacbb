import { encodeHex } from "@p2pcrypt/bytes";
import { describe, expect, it } from "vitest";
import {
  formatLinkingLink,
  formatTypedCode,
  linkingCommitment,
  linkingDigits,
  linkingInputs,
  linkingKeys,
  linkingPlace,
  linkingShare,
  newLinkCode,
  newTypedCode,
  parseLinkingLink,
  parseTypedCode,
} from "../src/index.ts";

const bytes = (from: number, size: number): Uint8Array => Uint8Array.from({ length: size }, (_, i) => (from + 37 * i) % 256);
const NODE = "ab".repeat(32);

describe("codes", () => {
  it("reads a link back, and refuses one that is cut, longer, or of another kind", () => {
    const made = { nodeUrl: "https://talk.example", expiresMs: 1_800_000_000_000, ...newLinkCode(bytes(1, 32)) };
    const link = formatLinkingLink(made);
    expect(link).toMatch(/^https:\/\/talk\.example\/#\/link\/[A-Za-z0-9_-]+$/);
    expect(parseLinkingLink(` web+ptopcrypt:${link} `)).toEqual(made);
    for (const other of [link.slice(0, -2), `${link}AAAA`, link.replace("#/link/", "#/add/"), "", "https://talk.example/#/link/"])
      expect(() => parseLinkingLink(other), other).toThrow("linking/malformed");
  });

  it("reads a typed code in the ways in which people write it, and nothing else", () => {
    const code = newTypedCode(bytes(3, 10));
    const text = formatTypedCode(code);
    expect(text).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
    expect(parseTypedCode(text)).toEqual(code);
    expect(parseTypedCode(` ${text.toLowerCase().replace("-", " ")} `)).toEqual(code);
    expect(parseTypedCode("o1234-5678l")).toEqual(parseTypedCode("01234-56781"));
    for (const other of ["", text.slice(1), `${text}0`, "U1234-56789", "!1234-56789"])
      expect(() => parseTypedCode(other), other).toThrow("linking/malformed");
  });

  it("leads to a place that says nothing about the secret", () => {
    const code = newTypedCode(bytes(3, 10));
    const other = { ...code, secret: newTypedCode(bytes(200, 10)).secret };
    expect(linkingPlace(other)).toEqual(linkingPlace(code));
    const { stream, readToken, writeToken } = linkingPlace(code);
    const link = linkingPlace({ form: "link", rendezvous: code.rendezvous });
    expect(new Set([stream, readToken, writeToken, link.stream].map(encodeHex)).size).toBe(4);
  });
});

describe("keys", () => {
  function run(joinsWith = newTypedCode(bytes(3, 10)), offers = newTypedCode(bytes(3, 10)), node = NODE) {
    const session = bytes(9, 16);
    const [joining, offering] = [linkingInputs(joinsWith, node, session), linkingInputs(offers, NODE, session)];
    const [a, b] = [bytes(40, 32), bytes(80, 32)];
    const shares = { joining: linkingShare(joining, a), offering: linkingShare(offering, b) };
    return [linkingKeys(joining, a, "joining", shares), linkingKeys(offering, b, "offering", shares)] as const;
  }

  it("are the same on both sides, and different for each direction", () => {
    const [joining, offering] = run();
    expect(joining).toEqual(offering);
    expect(new Set(Object.values(joining ?? {}).map(encodeHex)).size).toBe(3);
  });

  it("are different for another secret, and at another node", () => {
    const code = newTypedCode(bytes(3, 10));
    const wrong = { ...code, secret: newTypedCode(bytes(200, 10)).secret };
    for (const [joining, offering] of [run(wrong, code), run(code, code, "cd".repeat(32))]) expect(joining).not.toEqual(offering);
  });

  it("make digits of both nonces and of the exchange", () => {
    const [keys] = run();
    const context = keys?.context ?? new Uint8Array(0);
    const digits = linkingDigits({ joiningNonce: bytes(1, 32), offeringNonce: bytes(2, 32), context });
    expect(digits).toMatch(/^\d{6}$/);
    expect(linkingDigits({ joiningNonce: bytes(5, 32), offeringNonce: bytes(2, 32), context })).not.toBe(digits);
    expect(linkingDigits({ joiningNonce: bytes(1, 32), offeringNonce: bytes(6, 32), context })).not.toBe(digits);
    expect(linkingDigits({ joiningNonce: bytes(1, 32), offeringNonce: bytes(2, 32), context: bytes(7, 32) })).not.toBe(digits);
    expect(linkingCommitment(bytes(1, 32), { context })).toHaveLength(32);
  });
});
