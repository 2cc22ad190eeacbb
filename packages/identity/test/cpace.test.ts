// The draft's own vectors for ristretto255 with SHA-512 (draft-irtf-cfrg-cpace, appendix B.3).
import { decodeHex, encodeHex, encodeUtf8 } from "@p2pcrypt/bytes";
import { expect, it } from "vitest";
import { cpaceKey, cpaceShare, generatorString } from "../src/cpace.ts";

const INPUTS = {
  password: encodeUtf8("Password"),
  channel: decodeHex("0b415f696e69746961746f720b425f726573706f6e646572"),
  session: decodeHex("7e4b4791d6a8ef019b936c79fb7f2c57"),
};
const YA = decodeHex("da3d23700a9e5699258aef94dc060dfda5ebb61f02a5ea77fad53f4ff0976d08");
const YB = decodeHex("d2316b454718c35362d83d69df6320f38578ed5984651435e2949762d900b80d");
const SHARE_A = "d6bac480f2c386c394efc7c47adb9925dcd2630b64f240c50f8d0eec482b9157";
const SHARE_B = "3ea7e0b19560d7c0b0f5734f63b955286dfa8232b5ebe63324e2d9e7433f7258";
const ISK =
  "b69effbf61b51d56401c0f65601abe428de8206feaaf0e32198896dcae7b35cd2b38950a39dfd5d4a79164614c2984f7daa460b588c1e80c3fa2068af7900447";
const MESSAGES = {
  initiator: { share: decodeHex(SHARE_A), data: encodeUtf8("ADa") },
  responder: { share: decodeHex(SHARE_B), data: encodeUtf8("ADb") },
};

it("pads the password to one block of the hash", () => {
  const string = generatorString(INPUTS);
  expect(string).toHaveLength(170);
  expect(encodeHex(string)).toBe(
    `11435061636552697374726574746f3235350850617373776f726464${"00".repeat(100)}180b415f696e69746961746f720b425f726573706f6e646572107e4b4791d6a8ef019b936c79fb7f2c57`,
  );
});

it("makes the shares of the draft", () => {
  expect(encodeHex(cpaceShare(INPUTS, YA))).toBe(SHARE_A);
  expect(encodeHex(cpaceShare(INPUTS, YB))).toBe(SHARE_B);
});

it("gives both sides the key of the draft", () => {
  const keys = [cpaceKey(INPUTS, YA, "initiator", MESSAGES), cpaceKey(INPUTS, YB, "responder", MESSAGES)];
  expect(keys.map((key) => encodeHex(key ?? new Uint8Array(0)))).toEqual([ISK, ISK]);
});

it("gives another key for another password, channel, session or datum", () => {
  const a = cpaceShare(INPUTS, YA);
  for (const change of ["password", "channel", "session"] as const) {
    const other = { ...INPUTS, [change]: encodeUtf8("other") };
    const b = cpaceShare(other, YB);
    const messages = {
      initiator: { share: a, data: encodeUtf8("ADa") },
      responder: { share: b, data: encodeUtf8("ADb") },
    };
    const mine = encodeHex(cpaceKey(INPUTS, YA, "initiator", messages) ?? new Uint8Array(0));
    const theirs = encodeHex(cpaceKey(other, YB, "responder", messages) ?? new Uint8Array(0));
    expect(mine, change).not.toBe(theirs);
  }
  const changed = { ...MESSAGES, responder: { ...MESSAGES.responder, data: encodeUtf8("ADc") } };
  expect(encodeHex(cpaceKey(INPUTS, YA, "initiator", changed) ?? new Uint8Array(0))).not.toBe(ISK);
});

it("refuses the neutral element and bytes that are no element", () => {
  const refused = [
    "00".repeat(32),
    "2b9c4014bcbfdc5bd4be96f64c9ba5f9fb1a7a9ba6e40a0ec0d6be0c1a3f3a4f",
    "ff".repeat(32),
    SHARE_B.slice(2),
  ];
  for (const share of refused) {
    const messages = { ...MESSAGES, responder: { share: decodeHex(share), data: encodeUtf8("ADb") } };
    expect(cpaceKey(INPUTS, YA, "initiator", messages), share).toBeUndefined();
  }
});
