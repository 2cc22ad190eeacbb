import { decodeUtf8, encodeUtf8 } from "@p2pcrypt/bytes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CallSignalContent, MAX_CANDIDATES, MAX_SDP_BYTES } from "./call.ts";
import { decodeContent, decodeEphemeral, encodeContent, encodeEphemeral } from "./codec.ts";
import { type KnownContent, MAX_CERTIFICATES, MAX_CONTENT_BYTES, MAX_TEXT_BYTES } from "./content.ts";
import { ContentError, type ContentErrorCode } from "./content-error.ts";
import type { FileSignalContent } from "./file-signal.ts";
import { MAX_MENTIONS, type Mention } from "./mention.ts";

const ID = "AAECAwQFBgcICQoLDA0ODw";
const OTHER_ID = "Dw4NDAsKCQgHBgUEAwIBAA";
const BYTES_32 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const base = { id: ID, sentAtMs: 1_800_000_000_000 };

function mention(at: number, length: number): Mention {
  return { at, length, identity: BYTES_32 };
}

const TEXT = { v: 1, ...base, kind: "text", text: "@Ana" };
const REACTION = { v: 1, ...base, kind: "reaction", target: OTHER_ID, targetAuthor: BYTES_32, revision: 1, emoji: "👍" };

const ONE_OF_EACH: readonly KnownContent[] = [
  { kind: "text", ...base, text: "Grüße, 世界 👋" },
  { kind: "text", ...base, text: "so do I", replyTo: OTHER_ID, replyToAuthor: BYTES_32 },
  { kind: "text", ...base, text: "they said", isForwarded: true },
  { kind: "text", ...base, text: "@Ana, and @بن?", mentions: [mention(0, 4), mention(10, 3)] },
  { kind: "reaction", ...base, target: OTHER_ID, targetAuthor: BYTES_32, revision: 1, emoji: "👍🏽" },
  { kind: "reaction", ...base, target: OTHER_ID, targetAuthor: BYTES_32, revision: 2 },
  { kind: "edit", ...base, target: OTHER_ID, revision: 3, text: "better" },
  { kind: "edit", ...base, target: OTHER_ID, revision: 4, text: "@Ana: better", mentions: [mention(0, 4)] },
  { kind: "delete", ...base, target: OTHER_ID },
  { kind: "pin", ...base, target: OTHER_ID, targetAuthor: BYTES_32 },
  { kind: "unpin", ...base, target: OTHER_ID, targetAuthor: BYTES_32, pins: [ID, OTHER_ID] },
  { kind: "receipt", ...base, delivered: OTHER_ID, read: OTHER_ID },
  { kind: "receipt", ...base, read: OTHER_ID },
  { kind: "sasCommit", ...base, run: OTHER_ID, commitment: BYTES_32 },
  { kind: "sasReply", ...base, run: OTHER_ID, nonce: BYTES_32 },
  { kind: "sasOpen", ...base, run: OTHER_ID, nonce: BYTES_32 },
  { kind: "sasConfirm", ...base, run: OTHER_ID },
  { kind: "sasCancel", ...base, run: OTHER_ID, reason: "mismatch" },
  { kind: "profileUpdate", ...base, certificate: "AQID", profile: "BAUG" },
  { kind: "contactCard", ...base, certificate: "AQID", profile: "BAUG", inboxToken: BYTES_32, claimToken: BYTES_32 },
  { kind: "certifications", ...base, certificates: ["AQID", "BAUG"] },
  { kind: "introduction", ...base, certificate: "AQID", profile: "BAUG" },
  { kind: "attestationRequest", ...base, certificate: "AQID" },
  { kind: "transition", ...base, certificate: "AQID", profile: "BAUG", transition: "BwgJ" },
  {
    kind: "file",
    ...base,
    name: "Grüße.txt",
    type: "text/plain",
    bytes: 5_000_000_000,
    nodeUrl: "https://talk.example",
    blob: BYTES_32,
    readToken: BYTES_32,
    key: BYTES_32,
    commitment: BYTES_32,
    hash: BYTES_32,
    expiresMs: 1_800_000_000_000,
    thumbnail: "AQID",
  },
  {
    kind: "file",
    ...base,
    name: "voice.webm",
    bytes: 9_000,
    nodeUrl: "https://talk.example",
    blob: BYTES_32,
    readToken: BYTES_32,
    key: BYTES_32,
    commitment: BYTES_32,
    hash: BYTES_32,
    expiresMs: 1_800_000_000_000,
    durationMs: 4_200,
    waveform: "AAECAw",
  },
  { kind: "call", ...base, call: OTHER_ID, media: "video", outcome: "answered", durationS: 61 },
  { kind: "goodbye", ...base },
];

const SIGNALS: readonly CallSignalContent[] = [
  { kind: "callSignal", call: ID, step: "ring", media: "voice" },
  { kind: "callSignal", call: ID, step: "accept", to: OTHER_ID },
  { kind: "callSignal", call: ID, step: "offer", to: OTHER_ID, join: ID, number: 1, sdp: "v=0\r\n" },
  { kind: "callSignal", call: ID, step: "answer", to: OTHER_ID, join: ID, number: 1, sdp: "v=0\r\n" },
  {
    kind: "callSignal",
    call: ID,
    step: "candidates",
    to: OTHER_ID,
    number: 1,
    candidates: ["0 candidate:1 1 udp 1 192.0.2.1 9"],
  },
  { kind: "callSignal", call: ID, step: "restart", to: OTHER_ID },
  { kind: "callSignal", call: ID, step: "media", to: OTHER_ID, microphone: true, camera: false, screen: false },
  { kind: "callSignal", call: ID, step: "end", reason: "declined" },
  { kind: "callSignal", call: ID, step: "ring", media: "video", whom: [Buffer.alloc(32, 1).toString("base64url")] },
  {
    kind: "callSignal",
    call: ID,
    step: "in",
    media: "voice",
    join: ID,
    sinceMs: 5,
    microphone: true,
    camera: false,
    screen: false,
  },
  { kind: "callSignal", call: ID, step: "media", to: OTHER_ID, microphone: false, camera: false, screen: false, isHeld: true },
  { kind: "callSignal", call: ID, step: "restart", to: OTHER_ID, toJoin: ID },
  { kind: "callSignal", call: ID, step: "offer", to: OTHER_ID, join: ID, number: 2, sdp: "v=0\r\n", toJoin: ID, attempt: 1 },
];

const FILE_SIGNALS: readonly FileSignalContent[] = [
  { kind: "fileSignal", run: ID, step: "ask", file: OTHER_ID },
  { kind: "fileSignal", run: ID, step: "soon", to: OTHER_ID },
  { kind: "fileSignal", run: ID, step: "offer", to: OTHER_ID, sdp: "v=0\r\n" },
  { kind: "fileSignal", run: ID, step: "answer", to: OTHER_ID, sdp: "v=0\r\n" },
  { kind: "fileSignal", run: ID, step: "end", to: OTHER_ID, reason: "none" },
];

function encodeJson(value: unknown): Uint8Array {
  return encodeUtf8(JSON.stringify(value));
}

function codeOf(run: () => unknown): ContentErrorCode | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof ContentError) return error.code;
    throw error;
  }
}

describe("content", () => {
  it.each(ONE_OF_EACH)("comes back as it went in: $kind", (content) => {
    expect(decodeContent(encodeContent(content))).toEqual(content);
  });

  it.each(SIGNALS)("comes back as it went in: a call's $step", (content) => {
    expect(decodeEphemeral(encodeEphemeral(content))).toEqual(content);
  });

  it.each(FILE_SIGNALS)("comes back as it went in: a file's $step", (content) => {
    expect(decodeEphemeral(encodeEphemeral(content))).toEqual(content);
  });

  it.each<[string, object]>([
    ["a description that is a byte too long", { step: "offer", to: OTHER_ID, sdp: "v".repeat(MAX_SDP_BYTES + 1) }],
    ["an answer to nobody", { step: "answer", sdp: "v=0" }],
    ["a device id too short", { step: "end", to: "AQID", reason: "none" }],
    ["a reason that is not listed", { step: "end", to: OTHER_ID, reason: "you are blocked" }],
    ["no file", { step: "ask" }],
    ["an unlisted step", { step: "take" }],
  ])("K4: refuses a file's signal with %s", (_what, fields) => {
    expect(codeOf(() => decodeEphemeral(encodeJson({ v: 1, kind: "fileSignal", run: ID, ...fields })))).toMatch(/^content\//);
  });

  it.each<[string, object]>([
    ["a megabyte of description", { step: "offer", to: OTHER_ID, join: ID, number: 1, sdp: "v".repeat(1 << 20) }],
    [
      "a description that is a byte too long",
      { step: "answer", to: OTHER_ID, join: ID, number: 1, sdp: "v".repeat(MAX_SDP_BYTES + 1) },
    ],
    ["a join id too short", { step: "offer", to: OTHER_ID, join: "AQID", number: 1, sdp: "v=0" }],
    ["ten thousand candidates", { step: "candidates", to: OTHER_ID, number: 1, candidates: new Array(10_000).fill("0 x") }],
    [
      "a candidate too many",
      { step: "candidates", to: OTHER_ID, number: 1, candidates: new Array(MAX_CANDIDATES + 1).fill("0 x") },
    ],
    ["no step", {}],
    ["an unlisted step", { step: "answerForThem" }],
    ["a ring without media", { step: "ring" }],
    ["a ring for nobody", { step: "ring", media: "voice", whom: [] }],
    ["being in without a join", { step: "in", media: "voice", sinceMs: 1, microphone: true, camera: true, screen: true }],
  ])("K4: refuses %s", (_what, fields) => {
    expect(codeOf(() => decodeEphemeral(encodeJson({ v: 1, kind: "callSignal", call: ID, ...fields })))).toMatch(/^content\//);
  });

  it("keeps a kind that this program does not know, whole", () => {
    const bytes = encodeJson({ v: 1, ...base, kind: "hologram", depth: 3 });
    expect(decodeContent(bytes)).toEqual({ kind: "unknown", ...base, name: "hologram", bytes });
  });

  it("keeps a later version as unknown, even of a kind that it knows", () => {
    const bytes = encodeJson({ v: 2, ...base, kind: "text", runs: [] });
    expect(decodeContent(bytes)).toMatchObject({ kind: "unknown", name: "text" });
  });

  it("M25: reads as many mentions as there may be in an answer that was edited", () => {
    const mentions = Array.from({ length: MAX_MENTIONS }, (_, at) => mention(at, 1));
    const whole = { ...base, kind: "text", text: "@".repeat(40), replyTo: OTHER_ID, replyToAuthor: BYTES_32, mentions } as const;
    expect(decodeContent(encodeContent(whole))).toEqual(whole);
  });

  it("drops fields that the kind does not have", () => {
    const decoded = decodeContent(encodeJson({ v: 1, ...base, kind: "text", text: "hi", author: "someone else" }));
    expect(decoded).toEqual({ kind: "text", ...base, text: "hi" });
  });

  it.each<[string, unknown, ContentErrorCode]>([
    ["no id", { v: 1, kind: "text", sentAtMs: 1, text: "a" }, "content/badField"],
    ["a short id", { v: 1, ...base, id: "AA", kind: "text", text: "a" }, "content/badField"],
    ["an id with unused bits set", { v: 1, ...base, id: "AAECAwQFBgcICQoLDA0ODx", kind: "text", text: "a" }, "content/badField"],
    ["a fractional time", { v: 1, ...base, sentAtMs: 1.5, kind: "text", text: "a" }, "content/badField"],
    ["an infinite time", { v: 1, ...base, sentAtMs: 1e308, kind: "text", text: "a" }, "content/badField"],
    ["no version", { ...base, kind: "text", text: "a" }, "content/badField"],
    ["no text", { v: 1, ...base, kind: "text" }, "content/badField"],
    ["empty text", { v: 1, ...base, kind: "text", text: "" }, "content/badField"],
    ["a lone surrogate", { v: 1, ...base, kind: "text", text: "\ud800" }, "content/badField"],
    ["an empty receipt", { v: 1, ...base, kind: "receipt" }, "content/badField"],
    ["a short nonce", { v: 1, ...base, kind: "sasReply", run: OTHER_ID, nonce: "AQID" }, "content/badField"],
    ["an unlisted reason", { v: 1, ...base, kind: "sasCancel", run: OTHER_ID, reason: "because" }, "content/badField"],
    ["no certificates", { v: 1, ...base, kind: "certifications", certificates: [] }, "content/badField"],
    [
      "a certificate too many",
      { v: 1, ...base, kind: "certifications", certificates: Array.from({ length: MAX_CERTIFICATES + 1 }, () => "AQID") },
      "content/badField",
    ],
    ["a certificate that is a number", { v: 1, ...base, kind: "certifications", certificates: [7] }, "content/badField"],
    ["certificates that are no list", { v: 1, ...base, kind: "certifications", certificates: "AQID" }, "content/badField"],
    ["a reply to nobody's message", { v: 1, ...base, kind: "text", text: "a", replyTo: OTHER_ID }, "content/badField"],
    ["a reply to no message", { v: 1, ...base, kind: "text", text: "a", replyToAuthor: BYTES_32 }, "content/badField"],
    ["forwarding that is no yes", { v: 1, ...base, kind: "text", text: "a", isForwarded: "x" }, "content/badField"],
    ["mentions of nobody", { ...TEXT, mentions: [] }, "content/badField"],
    ["a mention behind the text", { ...TEXT, mentions: [mention(3, 2)] }, "content/badField"],
    ["mentions in each other", { ...TEXT, mentions: [mention(0, 2), mention(1, 2)] }, "content/badField"],
    ["a mention that is nothing", { ...TEXT, mentions: [null] }, "content/badField"],
    ["a mention of no length", { ...TEXT, mentions: [mention(0, 0)] }, "content/badField"],
    ["a mention by name", { ...TEXT, mentions: [{ at: 0, length: 4, identity: "Ana" }] }, "content/badField"],
    ["half of a character as a mention", { ...TEXT, text: "👍 ok", mentions: [mention(1, 2)] }, "content/badField"],
    [
      "a mention too many",
      { ...TEXT, text: "@".repeat(40), mentions: Array.from({ length: MAX_MENTIONS + 1 }, (_, at) => mention(at, 1)) },
      "content/badField",
    ],
    ["a reaction before the first", { ...REACTION, revision: 0, emoji: "👍" }, "content/badField"],
    ["a reaction in words", { ...REACTION, emoji: "pay me" }, "content/badField"],
    ["a reaction with words behind it", { ...REACTION, emoji: "👍 yes" }, "content/badField"],
    ["a reaction of many symbols", { ...REACTION, emoji: "👍👍" }, "content/badField"],
    ["a reaction that is a digit", { ...REACTION, emoji: "7" }, "content/badField"],
    ["a reaction that never ends", { ...REACTION, emoji: `👩${"\u200d👩".repeat(40)}` }, "content/badField"],
    ["an edit to nothing", { v: 1, ...base, kind: "edit", target: OTHER_ID, revision: 1, text: "" }, "content/badField"],
    ["a delete of nothing", { v: 1, ...base, kind: "delete" }, "content/badField"],
    ["no pins", { v: 1, ...base, kind: "unpin", target: OTHER_ID, targetAuthor: BYTES_32, pins: [] }, "content/badField"],
    [
      "a pin too many",
      { v: 1, ...base, kind: "unpin", target: OTHER_ID, targetAuthor: BYTES_32, pins: Array.from({ length: 33 }, () => ID) },
      "content/badField",
    ],
    ["an array", [1], "content/notJson"],
    ["null", null, "content/notJson"],
  ])("M25: refuses %s", (_what, value, code) => {
    expect(codeOf(() => decodeContent(encodeJson(value)))).toBe(code);
  });

  it("M25: reads kind and fields from own fields only", () => {
    expect(decodeContent(encodeJson({ v: 1, ...base, kind: "constructor" }))).toMatchObject({
      kind: "unknown",
      name: "constructor",
    });
    const polluted = encodeUtf8(`{"v":1,"id":"${ID}","sentAtMs":1,"kind":"text","__proto__":{"text":"x"}}`);
    expect(codeOf(() => decodeContent(polluted))).toBe("content/badField");
  });

  it("M25: refuses depth and a million fields by counting, before an object exists", () => {
    const deep = encodeUtf8(`{"v":1,"kind":"x","a":${"[".repeat(30_000)}${"]".repeat(30_000)}}`);
    expect(codeOf(() => decodeContent(deep))).toBe("content/tooDeep");
    const wide = encodeUtf8(`{"v":1,"a":[${"1,".repeat(30_000)}1]}`);
    expect(codeOf(() => decodeContent(wide))).toBe("content/tooManyFields");
    const huge = encodeUtf8(`{${Array.from({ length: 1_000_000 }, (_, n) => `"${n}":1`).join(",")}}`);
    expect(codeOf(() => decodeContent(huge))).toBe("content/tooLarge");
  });

  it.each(["👍", "❤️", "❤", "😂", "🇩🇪", "👨‍👩‍👧‍👦", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👩🏿‍🚀"])("takes one symbol as a reaction: %s", (emoji) => {
    expect(decodeContent(encodeJson({ ...REACTION, emoji }))).toMatchObject({ kind: "reaction", emoji });
  });

  it("does not count brackets and commas inside a string", () => {
    const text = '[{,:"\\'.repeat(1_000);
    expect(decodeContent(encodeContent({ kind: "text", ...base, text }))).toMatchObject({ text });
  });

  it("takes text up to its limit in bytes and refuses one more", () => {
    const longest = "é".repeat(MAX_TEXT_BYTES / 2);
    expect(decodeContent(encodeContent({ kind: "text", ...base, text: longest }))).toMatchObject({ text: longest });
    expect(codeOf(() => encodeContent({ kind: "text", ...base, text: `${longest}a` }))).toBe("content/badField");
  });

  it("refuses text whose escapes exceed the size of a content", () => {
    expect(codeOf(() => encodeContent({ kind: "text", ...base, text: "\u0001".repeat(MAX_TEXT_BYTES) }))).toBe(
      "content/tooLarge",
    );
    expect(codeOf(() => decodeContent(new Uint8Array(MAX_CONTENT_BYTES + 1)))).toBe("content/tooLarge");
  });

  it("refuses bytes that are not UTF-8, and trailing bytes", () => {
    expect(codeOf(() => decodeContent(Uint8Array.of(0x7b, 0xff, 0x7d)))).toBe("content/notUtf8");
    const trailing = encodeUtf8(`${decodeUtf8(encodeContent({ kind: "goodbye", ...base }))}{}`);
    expect(codeOf(() => decodeContent(trailing))).toBe("content/notJson");
  });

  it("decode of any bytes throws nothing but ContentError", () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.json().map(encodeUtf8)), (bytes) => {
        codeOf(() => decodeContent(bytes));
        codeOf(() => decodeEphemeral(bytes));
      }),
    );
  });

  it("any text survives", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 200 }), (text) => {
        expect(decodeContent(encodeContent({ kind: "text", ...base, text }))).toMatchObject({ text });
      }),
    );
  });
});

describe("ephemeral content", () => {
  it.each([
    { kind: "typing", isTyping: true },
    { kind: "presence", state: "away" },
  ] as const)("comes back as it went in: $kind", (content) => {
    expect(decodeEphemeral(encodeEphemeral(content))).toEqual(content);
  });

  it("names an unknown kind", () => {
    expect(decodeEphemeral(encodeJson({ v: 1, kind: "wave" }))).toEqual({ kind: "unknown", name: "wave" });
  });

  it("M25: refuses a wrong field", () => {
    expect(codeOf(() => decodeEphemeral(encodeJson({ v: 1, kind: "typing", isTyping: "yes" })))).toBe("content/badField");
    expect(codeOf(() => decodeEphemeral(encodeJson({ v: 1, kind: "presence", state: "gone" })))).toBe("content/badField");
  });
});
