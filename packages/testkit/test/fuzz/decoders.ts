// Everything that reads bytes of somebody who has not shown who they are: at a node, at a client from its node, from strangers' letters,
// and from files and links that people are given. Each may refuse in its own way, and in no other.
import { webcrypto } from "node:crypto";
import {
  answerFrame,
  isRecord,
  OPERATION_NAMES,
  operation,
  parseErrorBody,
  parseJson,
  parseQuery,
  parseStreamId,
  pushes,
  RECORD_KINDS,
  requestFrame,
  routeOf,
} from "@p2pcrypt/api";
import { ByteReader, DecodeError, decodeBase64Url, decodeHex, decodeUtf8, encodeHex, encodeUtf8 } from "@p2pcrypt/bytes";
import { ContentError, decodeContent, decodeEphemeral } from "@p2pcrypt/content";
import { FileOpener, FilesError, HEADER_BYTES } from "@p2pcrypt/files";
import {
  decodeCredential,
  IdentityError,
  importSecretKey,
  PURPOSES,
  parseArmoredCertificate,
  parseCertificate,
  parseContactLink,
  verifyCredential,
  verifyDeviceCertificate,
  verifyNodeKeyCertificate,
  verifyObject,
  verifyProfile,
} from "@p2pcrypt/identity";
import { createXWingCrypto, openFromInbox, sealedKeyId, verifyKeyPackage } from "@p2pcrypt/session";
import { VaultError } from "@p2pcrypt/vault";
import content from "../../../../spec/vectors/content.json" with { type: "json" };
import envelope from "../../../../spec/vectors/envelope.json" with { type: "json" };
import file from "../../../../spec/vectors/file.json" with { type: "json" };
import identity from "../../../../spec/vectors/identity.json" with { type: "json" };
import session from "../../../../spec/vectors/session.json" with { type: "json" };
import stream from "../../../../spec/vectors/stream.json" with { type: "json" };
import vault from "../../../../spec/vectors/vault.json" with { type: "json" };
import { decodeEnvelope } from "../../../client/src/mail/envelope.ts";
import { decodeConversationContext } from "../../../session/src/group/conversation-context.ts";
import { decodeFoundingStatement } from "../../../session/src/group/founding.ts";
import { decodeRoleLogEntry } from "../../../session/src/group/role-log.ts";
import { readKeyPackage, readPrivateMessage, readRatchetTree, readWelcome } from "../../../session/src/mls/messages.ts";
import { decodeContentFrame, decodeHandshakeHeader } from "../../../session/src/wire/frames.ts";
import { protectionOf } from "../../../vault/src/header.ts";
import type { Decoder } from "./fuzzer.ts";

const at = { atMs: identity.at_ms };
const hex = decodeHex;
const [ana] = identity.identities;
const anaBytes = hex(ana?.certificate ?? "");

/** What `run` answers or throws of its own kinds, in few words. Numbers say where, not what. */
function answerOf(run: () => unknown, refusals: readonly (abstract new (...args: never[]) => Error)[]): string {
  try {
    return kindOf(run());
  } catch (error) {
    return refusalOf(error, refusals);
  }
}

async function laterAnswerOf(
  run: () => Promise<unknown>,
  refusals: readonly (abstract new (...args: never[]) => Error)[],
): Promise<string> {
  try {
    return kindOf(await run());
  } catch (error) {
    return refusalOf(error, refusals);
  }
}

function kindOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return typeof value === "boolean" ? String(value) : typeof value;
  if ("kind" in value) return `${String(value.kind)} ${"reason" in value ? String(value.reason) : ""}`;
  return Object.keys(value).slice(0, 20).join();
}

function refusalOf(error: unknown, refusals: readonly (abstract new (...args: never[]) => Error)[]): string {
  if (error instanceof Error && refusals.some((one) => error instanceof one)) return error.message.replaceAll(/\d+/g, "");
  throw error;
}

function armored(certificate: Uint8Array): string {
  const lines = Buffer.from(certificate).toString("base64").replaceAll(/.{64}/g, "$&\n");
  return `-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n${lines}\n-----END PGP PUBLIC KEY BLOCK-----\n`;
}

/** Out of what a vault stores (identity.md section 3). */
function secretKeyOf(stored: Uint8Array): Uint8Array {
  const reader = new ByteReader(stored);
  reader.u8("version");
  return reader.opaque32("secret_key");
}

const text = (bytes: Uint8Array): string | undefined => {
  try {
    return decodeUtf8(bytes);
  } catch {
    return undefined; // refused before anything else looks at it
  }
};

const OPERATION_EXAMPLES = OPERATION_NAMES.map((name) =>
  encodeUtf8(
    JSON.stringify({ jsonrpc: "2.0", id: "1", method: name, params: { stream: "A".repeat(43), after: 1, identity: "ab" } }),
  ),
);

const AT_NODES: readonly Decoder[] = [
  {
    name: "requests",
    seeds: OPERATION_EXAMPLES,
    run: (bytes) => {
      const value = parseJson(text(bytes) ?? "")?.value;
      const frame = requestFrame.safeParse(value);
      const read = OPERATION_NAMES.filter((name) => operation(name).request.safeParse(frame.data?.params ?? value).success);
      return `${value === undefined} ${frame.success} ${read.join()}`;
    },
  },
  {
    name: "routes and queries",
    seeds: ["/v1/node", `/v1/streams/${"A".repeat(43)}/records`, "after=7&limit=3", "identity=ab"].map(encodeUtf8),
    run: (bytes) => {
      const [path = "", query = ""] = (text(bytes) ?? "").split("?");
      const route = routeOf("GET", path);
      return `${route.kind} ${routeOf("POST", path).kind} ${Object.keys(parseQuery(query) ?? parseQuery(path) ?? {}).length}`;
    },
  },
  {
    name: "records",
    seeds: [...stream.records.map(({ record }) => hex(record)), ...session.newcomer.messages.map(({ record }) => hex(record))],
    run: (bytes) => [...RECORD_KINDS, "ephemeral" as const].map((kind) => isRecord(kind, bytes)).join(),
  },
  {
    name: "binary fields",
    seeds: ["AAECAwQFBgc", "00ff", "A".repeat(43)].map(encodeUtf8),
    run: (bytes) =>
      [decodeBase64Url, decodeHex, parseStreamId]
        .map((decode) => answerOf(() => decode(text(bytes) ?? ""), [DecodeError]))
        .join(),
  },
  {
    name: "certificates",
    seeds: [anaBytes, hex(ana?.minimal ?? "")],
    run: (bytes) =>
      laterAnswerOf(async () => {
        const { name, revocation, userIds, isUsableAt } = await parseCertificate(bytes, at);
        return { kind: `${name} ${revocation.kind} ${userIds.length} ${typeof isUsableAt}` };
      }, [IdentityError]),
  },
  {
    name: "profiles",
    seeds: [hex(identity.profile.bytes)],
    run: (bytes) => laterAnswerOf(async () => verifyProfile(await known(), bytes, at), []),
  },
  {
    name: "device certificates",
    seeds: [hex(identity.device_certificate.bytes)],
    run: (bytes) => laterAnswerOf(async () => verifyDeviceCertificate(await known(), bytes, at), []),
  },
  {
    name: "signatures",
    seeds: identity.signed_objects.map(({ signature }) => hex(signature)),
    run: (bytes) => laterAnswerOf(async () => verifyObject(await known(), PURPOSES.profile, new Uint8Array(40), bytes, at), []),
  },
];

const AT_CLIENTS: readonly Decoder[] = [
  {
    name: "answers and pushes",
    seeds: [
      '{"jsonrpc":"2.0","id":"1","result":{"seq":1,"timeMs":1}}',
      '{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"x","data":{"code":"moved","message":"x","positions":3}}}',
      '{"stream":"AAAA","seq":1,"kind":"application","timeMs":1,"record":"AAAA"}',
      '{"code":"rateLimited","message":"x","retryAfterMs":5}',
    ].map(encodeUtf8),
    run: (bytes) => {
      const value = parsed(bytes);
      const read = OPERATION_NAMES.filter((name) => operation(name).response.safeParse(value).success);
      const pushed = Object.values(pushes).map((push) => push.safeParse(value).success);
      return `${answerFrame.safeParse(value).success} ${read.join()} ${pushed.join()} ${parseErrorBody(value)?.code}`;
    },
  },
  {
    name: "node keys",
    seeds: [hex(identity.node_key.bytes)],
    run: (bytes) => laterAnswerOf(async () => verifyNodeKeyCertificate(await known(), bytes, at), []),
  },
  {
    name: "sealed records",
    seeds: [hex(session.sealed_record.record)],
    run: (bytes) => {
      const { secret_key, stream: inbox, key_id } = session.sealed_record;
      const place = { stream: hex(inbox), keyId: key_id };
      return laterAnswerOf(
        async () => (await openFromInbox(crypto, hex(secret_key), place, bytes)) ?? sealedKeyId(bytes) !== undefined,
        [],
      );
    },
  },
  {
    name: "envelopes",
    seeds: [hex(envelope.request.bytes)],
    run: (bytes) => answerOf(() => decodeEnvelope(bytes), [DecodeError]),
  },
  {
    name: "credentials",
    seeds: [hex(identity.device_certificate.credential)],
    run: async (bytes) =>
      `${answerOf(() => decodeCredential(bytes), [DecodeError])} ${await laterAnswerOf(() => verifyCredential(bytes, at), [])}`,
  },
  {
    name: "key packages",
    seeds: [hex(session.newcomer.key_package)],
    run: (bytes) => laterAnswerOf(() => verifyKeyPackage({ crypto, verifyCredential }, bytes, at), []),
  },
  {
    name: "messages, Welcomes and trees of MLS",
    seeds: [
      ...session.newcomer.messages.map(({ record }) => hex(record)),
      hex(session.newcomer.update.record),
      hex(session.newcomer.welcome),
      hex(session.newcomer.ratchet_tree),
    ],
    run: (bytes) =>
      [readPrivateMessage, readWelcome, readKeyPackage, readRatchetTree].map((read) => read(bytes) === undefined).join(),
  },
  {
    name: "frames of sessions",
    seeds: [
      hex(session.founding.statement),
      hex(session.role_log_entry.bytes),
      hex(session.frames.content_frame.bytes),
      hex(session.frames.handshake_header.bytes),
    ],
    run: (bytes) =>
      [decodeFoundingStatement, decodeRoleLogEntry, decodeConversationContext, decodeContentFrame, decodeHandshakeHeader]
        .map((decode) => answerOf(() => decode(bytes), [DecodeError]))
        .join(),
  },
  {
    name: "contents",
    seeds: [...content.contents, ...content.ephemeral].map(({ bytes }) => hex(bytes)),
    run: (bytes) => [decodeContent, decodeEphemeral].map((decode) => answerOf(() => decode(bytes), [ContentError])).join(),
  },
  {
    name: "sealed files",
    seeds: [hex(file.small.blob), hex(file.small.blob).subarray(0, 1000)],
    run: (bytes) => laterAnswerOf(() => openedFile(bytes), [FilesError]),
  },
];

const IN_HANDS: readonly Decoder[] = [
  {
    name: "contact links",
    seeds: [encodeUtf8(identity.contact_link.link), encodeUtf8(`web+ptopcrypt:${identity.contact_link.link}`)],
    run: (bytes) => answerOf(() => parseContactLink(text(bytes) ?? ""), [IdentityError]),
  },
  {
    name: "armored certificates",
    seeds: [encodeUtf8(armored(anaBytes))],
    run: (bytes) => laterAnswerOf(async () => (await parseArmoredCertificate(text(bytes) ?? "", at)).name, [IdentityError]),
  },
  {
    name: "secret keys to import",
    seeds: [secretKeyOf(hex(ana?.secret ?? ""))],
    run: (bytes) =>
      laterAnswerOf(async () => (await importSecretKey(bytes, "wrong", { nowMs: at.atMs })).certificate.name, [IdentityError]),
  },
  {
    name: "vault headers",
    seeds: [hex(vault.header_by_key.bytes), hex(vault.header_by_passphrase.bytes)],
    run: (bytes) => answerOf(() => protectionOf(bytes), [VaultError]),
  },
];

export const DECODERS: readonly Decoder[] = [...AT_NODES, ...AT_CLIENTS, ...IN_HANDS];

const crypto = createXWingCrypto((length) => new Uint8Array(length));

const { small } = file;
const fileSecret = {
  trueBytes: small.true_bytes,
  type: small.type,
  key: hex(small.key),
  commitment: hex(small.commitment),
  hash: hex(small.hash),
};
const smallHeader = hex(small.blob).subarray(0, HEADER_BYTES);

/** With the header that came, and behind the right one, in two pieces; a file is never opened that the sender did not seal. */
async function openedFile(bytes: Uint8Array): Promise<{ readonly kind: string }> {
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    const at = (bytes[0] ?? 0) * 17;
    yield bytes.subarray(0, at);
    yield bytes.subarray(at);
  };
  const header = bytes[0] === HEADER_BYTES ? bytes.subarray(0, HEADER_BYTES) : smallHeader;
  const opener = await FileOpener.create(webcrypto.subtle, fileSecret, header);
  let opened = 0;
  for await (const segment of opener.segments(pieces())) opened += segment.bytes.length;
  if (encodeHex(bytes) !== small.blob) throw new Error("another file was opened");
  return { kind: `opened ${opened}` };
}

let parsedAna: ReturnType<typeof parseCertificate> | undefined;
function known(): ReturnType<typeof parseCertificate> {
  parsedAna ??= parseCertificate(anaBytes, at);
  return parsedAna;
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(text(bytes) ?? "");
  } catch {
    return undefined; // answered as what is not understood
  }
}
