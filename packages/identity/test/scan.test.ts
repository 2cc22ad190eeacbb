import { encodeHex } from "@p2pcrypt/bytes";
import { expect, it } from "vitest";
import { formatVerificationCode, parseVerificationCode, scanProof, scanRunId, toIdentityId } from "../src/index.ts";

const ANA = toIdentityId(new Uint8Array(32).fill(1));
const BEN = toIdentityId(new Uint8Array(32).fill(2));
const SECRET = new Uint8Array(16).fill(3);
const CONTEXT = new Uint8Array(40).fill(4);
const CODE = {
  identityId: ANA,
  deviceId: new Uint8Array(16).fill(5),
  nodeUrl: "https://talk.example",
  secret: SECRET,
  validUntilMs: 1_763_942_700_000,
};

it("a verification code is read back, and every changed character is another code or none", () => {
  const text = formatVerificationCode(CODE);
  expect(parseVerificationCode(` ${text}\n`)).toEqual(CODE);
  for (let at = 0; at < text.length; at++) {
    const changed = `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`;
    expect(outcomeOf(changed)).not.toEqual(CODE);
  }
  for (let length = 0; length < text.length; length++) expect(outcomeOf(text.slice(0, length))).toBe("scan/malformed");
});

function outcomeOf(text: string): unknown {
  try {
    return parseVerificationCode(text);
  } catch (error) {
    return error instanceof Error && "code" in error ? error.code : error;
  }
}

it("I14: a proof is of one secret, one side, two people in their roles, and one group in one epoch", () => {
  const sides = { shower: ANA, scanner: BEN, context: CONTEXT };
  const proofs = [
    scanProof(SECRET, "scanner", sides),
    scanProof(SECRET, "shower", sides),
    scanProof(SECRET, "scanner", { ...sides, shower: BEN, scanner: ANA }),
    scanProof(SECRET, "scanner", { ...sides, context: CONTEXT.map((byte, i) => (i === 39 ? byte ^ 1 : byte)) }),
    scanProof(
      SECRET.map((byte, i) => (i === 0 ? byte ^ 1 : byte)),
      "scanner",
      sides,
    ),
    scanRunId(SECRET),
  ];
  expect(new Set(proofs.map(encodeHex)).size).toBe(proofs.length);
  expect(encodeHex(scanProof(SECRET, "scanner", { ...sides }))).toBe(encodeHex(scanProof(SECRET, "scanner", sides)));
});
