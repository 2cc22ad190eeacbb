// What is inside messages and inside letters (spec/protocol/content.md, conversation.md section 2).

import { encodeBase64Url } from "@p2pcrypt/bytes";
import { type Content, encodeContent, encodeEphemeral, type KnownContent } from "@p2pcrypt/content";
import { PURPOSES, parseSecretIdentity, signObject } from "@p2pcrypt/identity";
import { type EnvelopeHead, encodeEnvelope, encodeUnsignedEnvelope } from "../../packages/client/src/mail/envelope.ts";
import { AT_MS, counting, type Keys, type VectorFile } from "./vector-file.ts";

const [ID, RUN] = [encodeBase64Url(counting(1, 16)), encodeBase64Url(counting(2, 16))];
const BASE = { id: ID, sentAtMs: AT_MS };

const SIGNAL = { kind: "callSignal", call: ID, step: "accept", to: RUN } as const;

export function contentVectors(): VectorFile {
  const contents: readonly KnownContent[] = [
    { ...BASE, kind: "text", text: "Grüße 👋" },
    { ...BASE, kind: "receipt", delivered: RUN, read: RUN },
    { ...BASE, kind: "sasCommit", run: RUN, commitment: encodeBase64Url(counting(3)) },
    { ...BASE, kind: "sasReply", run: RUN, nonce: encodeBase64Url(counting(4)) },
    { ...BASE, kind: "sasConfirm", run: RUN },
    { ...BASE, kind: "sasCancel", run: RUN, reason: "mismatch" },
    {
      ...BASE,
      kind: "file",
      name: "Grüße.txt",
      type: "text/plain",
      bytes: 5_000_000_000,
      nodeUrl: "https://talk.example",
      blob: encodeBase64Url(counting(5)),
      readToken: encodeBase64Url(counting(6)),
      key: encodeBase64Url(counting(7)),
      commitment: encodeBase64Url(counting(8)),
      hash: encodeBase64Url(counting(9)),
      expiresMs: AT_MS,
      thumbnail: encodeBase64Url(counting(10, 100)),
    },
    { ...BASE, kind: "call", call: RUN, media: "video", outcome: "answered", durationS: 61 },
    { ...BASE, kind: "goodbye" },
  ];
  const unknown: Content = { ...BASE, kind: "unknown", name: "hologram" } as Content;
  return {
    spec: "content.md",
    contents: contents.map((content) => ({ content, bytes: encodeContent(content) })),
    unknown: { content: unknown, text: `{"v":1,"id":"${ID}","sentAtMs":${AT_MS},"kind":"hologram","depth":3}` },
    ephemeral: [
      { content: { kind: "typing", isTyping: true }, bytes: encodeEphemeral({ kind: "typing", isTyping: true }) },
      { content: { kind: "presence", state: "away" }, bytes: encodeEphemeral({ kind: "presence", state: "away" }) },
      { content: SIGNAL, bytes: encodeEphemeral(SIGNAL) },
    ],
  };
}

export async function envelopeVectors(keys: Keys): Promise<VectorFile> {
  const [ana, ben] = [await parseSecretIdentity(keys.ana, { atMs: AT_MS }), await parseSecretIdentity(keys.ben, { atMs: AT_MS })];
  const head: EnvelopeHead = {
    recipient: ben.certificate.id,
    inbox: counting(0x30),
    timeMs: AT_MS,
    certificate: ana.certificate.bytes(),
    profile: counting(0, 90),
    replyInbox: counting(0x40),
    inboxToken: counting(0x50),
    claimToken: counting(0x60),
  };
  const devices = [{ keyPackage: counting(0, 120), streamAdminKey: counting(0x70) }];
  const unsigned = encodeUnsignedEnvelope(head, { kind: "request", greeting: "Hello, Ben", devices });
  const signature = await signObject(ana, PURPOSES.contactRequest, unsigned, AT_MS);
  return {
    spec: "conversation.md",
    request: {
      recipient: head.recipient,
      inbox: head.inbox,
      time_ms: AT_MS,
      reply_inbox: head.replyInbox,
      inbox_token: head.inboxToken,
      claim_token: head.claimToken,
      greeting: "Hello, Ben",
      devices: devices.map(({ keyPackage, streamAdminKey }) => ({ key_package: keyPackage, stream_admin_key: streamAdminKey })),
      signed_bytes: unsigned,
      bytes: encodeEnvelope(unsigned, signature),
    },
  };
}
