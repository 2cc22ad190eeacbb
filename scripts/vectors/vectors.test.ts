// The files of spec/vectors are what the program writes now, and what it reads: every value is taken from the file and checked with the
// reading half of the program, which knows nothing of how it was made.
import { webcrypto } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ed25519 } from "@noble/curves/ed25519.js";
import { EMPTY_HANDSHAKE_CHAIN, isRecord, nextChain, nextHandshakeChain, type RecordKind, tokenHash } from "@p2pcrypt/api";
import { decodeHex, encodeHex, encodeUtf8 } from "@p2pcrypt/bytes";
import { openPgpIdentity } from "@p2pcrypt/client";
import { decodeContent, decodeEphemeral } from "@p2pcrypt/content";
import { encodeFacts, FileOpener, paddedBytes } from "@p2pcrypt/files";
import {
  type Certificate,
  identityIdOf,
  linkingDigits,
  linkingInputs,
  linkingKeys,
  linkingPlace,
  PURPOSES,
  type Purpose,
  parseCertificate,
  parseContactLink,
  parseLinkingLink,
  parseSecretIdentity,
  parseTypedCode,
  shortCode,
  shortCodeCommitment,
  sixtyDigits,
  verifyCredential,
  verifyDeviceCertificate,
  verifyNodeKeyCertificate,
  verifyObject,
  verifyProfile,
  verifyTransition,
  verifyWithDevice,
} from "@p2pcrypt/identity";
import { createXWingCrypto, groupIdOf, openFromInbox, Session } from "@p2pcrypt/session";
import { describe, expect, it } from "vitest";
import { decodeLinkingRecord } from "../../packages/client/src/devices/linking-record.ts";
import { LinkingSeal } from "../../packages/client/src/devices/linking-seal.ts";
import { decodeEnvelope } from "../../packages/client/src/mail/envelope.ts";
import { decodeFoundingStatement, verifyFoundingStatement } from "../../packages/session/src/group/founding.ts";
import { decodeRoleLogEntry } from "../../packages/session/src/group/role-log.ts";
import { decodeContentFrame, decodeHandshakeHeader } from "../../packages/session/src/wire/frames.ts";
import { decodeJoinFacts } from "../../packages/session/src/wire/join-facts.ts";
import { unpad } from "../../packages/session/src/wire/padding.ts";
import { decodeView } from "../../packages/session/src/wire/view.ts";
import { deriveKeyArgon2id } from "../../packages/vault/src/argon2.ts";
import { openHeader } from "../../packages/vault/src/header.ts";
import { Sealing } from "../../packages/vault/src/sealing.ts";
import content from "../../spec/vectors/content.json" with { type: "json" };
import envelope from "../../spec/vectors/envelope.json" with { type: "json" };
import file from "../../spec/vectors/file.json" with { type: "json" };
import identity from "../../spec/vectors/identity.json" with { type: "json" };
import linking from "../../spec/vectors/linking.json" with { type: "json" };
import session from "../../spec/vectors/session.json" with { type: "json" };
import stream from "../../spec/vectors/stream.json" with { type: "json" };
import vault from "../../spec/vectors/vault.json" with { type: "json" };
import { root } from "../workspaces.ts";
import { allVectors } from "./all.ts";

const at = { atMs: identity.at_ms };
const hex = decodeHex;
const people = identity.identities;

async function certificateOf(person: number): Promise<Certificate> {
  return parseCertificate(hex(people[person]?.certificate ?? ""), at);
}

describe("spec/vectors", () => {
  it("are what the program makes, and are listed in spec/protocol/README.md", async () => {
    const made = await allVectors({ ana: hex(people[0]?.secret ?? ""), ben: hex(people[1]?.secret ?? "") });
    for (const [name, text] of made)
      expect(JSON.parse(readFileSync(join(root, "spec/vectors", name), "utf8")), name).toEqual(JSON.parse(text));
    const readme = readFileSync(join(root, "spec/protocol/README.md"), "utf8");
    for (const name of readdirSync(join(root, "spec/vectors"))) expect(readme).toContain(`../vectors/${name}`);
  });

  it("identity: certificates, signed objects, device, profile, node key and transition are read and hold", async () => {
    const [ana, ben] = [await certificateOf(0), await certificateOf(1)];
    for (const [person, certificate] of [ana, ben].entries()) {
      const vector = people[person];
      expect(encodeHex(certificate.primaryKey())).toBe(vector?.primary_key);
      expect([certificate.id, certificate.fingerprint, certificate.name]).toEqual([
        vector?.identity,
        vector?.fingerprint,
        vector?.name,
      ]);
      expect(identityIdOf(hex(vector?.primary_key ?? ""))).toBe(vector?.identity);
      expect((await parseCertificate(hex(vector?.minimal ?? ""), at)).id).toBe(vector?.identity);
      expect((await parseSecretIdentity(hex(vector?.secret ?? ""), at)).certificate.id).toBe(vector?.identity);
    }
    expect(identity.signed_objects.map(({ purpose }) => purpose)).toEqual(Object.values(PURPOSES));
    for (const { purpose, payload, signature } of identity.signed_objects)
      expect(await verifyObject(ana, purpose as Purpose, hex(payload), hex(signature), at), purpose).toBe(true);
    const { secret_key, purpose, payload, signature } = identity.device_signature;
    expect(verifyWithDevice(ed25519.getPublicKey(hex(secret_key)), purpose, hex(payload), hex(signature))).toBe(true);
    const device = identity.device_certificate;
    const verified = await verifyDeviceCertificate(ana, hex(device.bytes), at);
    const expected = { deviceId: hex(device.device), signatureKey: hex(device.signature_key), notAfterMs: device.not_after_ms };
    expect(verified).toMatchObject({ kind: "verified", device: expected });
    expect(await verifyCredential(hex(device.credential), at)).toMatchObject({ kind: "verified", identityId: ana.id });
    const { sequence, display_name, inboxes, revoked_devices, bytes } = identity.profile;
    expect(await verifyProfile(ana, hex(bytes), at)).toMatchObject({
      kind: "verified",
      profile: {
        sequence: BigInt(sequence),
        displayName: display_name,
        inboxes: inboxes.map(({ node, node_url, key, key_id }) => ({
          nodeId: node,
          nodeUrl: node_url,
          inboxKey: hex(key),
          keyId: key_id,
        })),
        revokedDevices: revoked_devices.map(hex),
      },
    });
    const key = await verifyNodeKeyCertificate(ana, hex(identity.node_key.bytes), at);
    expect(key).toMatchObject({ kind: "verified", nodeKey: { checkpointKey: hex(identity.node_key.checkpoint_key) } });
    expect(await verifyTransition(ana, ben, hex(identity.transition.bytes), at)).toMatchObject({ kind: "verified" });
  });

  it("identity: digits, code and link come out", () => {
    const [mine = "", theirs = ""] = identity.sixty_digits.primary_keys;
    expect(sixtyDigits(hex(mine), hex(theirs)).digits).toBe(identity.sixty_digits.digits);
    const { initiator_nonce, responder_nonce, key, context, commitment, code } = identity.short_code;
    expect(encodeHex(shortCodeCommitment(hex(initiator_nonce), hex(key)))).toBe(commitment);
    const run = { initiatorNonce: hex(initiator_nonce), responderNonce: hex(responder_nonce), context: hex(context) };
    expect(shortCode({ ...run, commitment: hex(commitment) })).toBe(code);
    const { link, ...parts } = identity.contact_link;
    const { nodeUrl, identityId, nameHint } = parseContactLink(link);
    expect({ node_url: nodeUrl, identity: identityId, name_hint: nameHint }).toEqual(parts);
  });

  it("stream: tokens, chains and the structure of records come out, and every signature holds", () => {
    expect(encodeHex(tokenHash(hex(stream.token.token)))).toBe(stream.token.hash);
    let [chain, handshakes] = [hex(stream.chain.initial), EMPTY_HANDSHAKE_CHAIN];
    for (const { seq, kind, position, record, ...after } of stream.chain.steps) {
      const place = position === 0 ? undefined : position;
      chain = nextChain(chain, { seq, kind: kind as RecordKind, position: place, record: hex(record) });
      if (place !== undefined) handshakes = nextHandshakeChain(handshakes, place, hex(record));
      expect({ chain: encodeHex(chain), handshake_chain: encodeHex(handshakes) }).toEqual(after);
    }
    expect(stream.checkpoint.chain).toBe(encodeHex(chain));
    for (const { signed_bytes, signature } of [
      stream.checkpoint,
      stream.configure,
      stream.admin_append,
      stream.delete_stream,
      stream.device_request,
    ])
      expect(ed25519.verify(hex(signature), hex(signed_bytes), hex(stream.public_key), { zip215: false })).toBe(true);
    for (const { kind, record } of stream.records) {
      expect(isRecord(kind as "application", hex(record)), kind).toBe(true);
      expect(isRecord(kind as "application", hex(record).slice(0, -1)), kind).toBe(false);
    }
  });

  it("session: padding, frames, founding and role log are read, and a sealed record opens", async () => {
    const crypto = createXWingCrypto(() => new Uint8Array(0));
    expect(unpad(hex(session.padding.example.padded))).toEqual(hex(session.padding.example.bytes));
    const { view, content_frame, handshake_header, join_facts } = session.frames;
    expect(decodeView(hex(view.bytes))).toMatchObject({ positions: view.positions, handshakeHead: hex(view.handshake_head) });
    expect(decodeContentFrame(hex(content_frame.bytes)).content).toEqual(hex(content_frame.content));
    expect(decodeHandshakeHeader(hex(handshake_header.bytes)).timeMs).toBe(handshake_header.time_ms);
    expect(decodeJoinFacts(hex(join_facts.bytes)).floorMs).toBe(join_facts.floor_ms);
    const { statement, founder, group } = session.founding;
    expect(encodeHex(groupIdOf(hex(statement)))).toBe(group);
    const founding = decodeFoundingStatement(hex(statement));
    expect(founding.founder).toBe(founder);
    const { verifyCredential: verify } = openPgpIdentity;
    expect(await verifyFoundingStatement(crypto, verify, founding)).toMatchObject({ kind: "verified", identityId: founder });
    const entry = decodeRoleLogEntry(hex(session.role_log_entry.bytes));
    expect([entry.sequence, entry.actor, encodeHex(entry.previous)]).toEqual([1, founder, group]);
    const { secret_key, stream: inbox, key_id, plaintext, record } = session.sealed_record;
    expect(await openFromInbox(crypto, hex(secret_key), { stream: hex(inbox), keyId: key_id }, hex(record))).toEqual(
      hex(plaintext),
    );
  });

  it("session: a newcomer joins by the Welcome, reads, follows the update and reads on", async () => {
    const vector = session.newcomer;
    const deps = { crypto: createXWingCrypto(() => new Uint8Array(0)), verifyCredential: openPgpIdentity.verifyCredential };
    const bundle = {
      publicPackage: hex(vector.key_package),
      privatePackage: hex(vector.private_package),
      reference: hex(vector.key_package_reference),
    };
    const joined = await Session.join(deps, {
      welcome: hex(vector.welcome),
      ratchetTree: hex(vector.ratchet_tree),
      keyPackages: [bundle],
      signatureSecretKey: hex(vector.signature_secret_key),
      heldGroups: [],
      positions: vector.positions,
      handshakeHead: hex(vector.handshake_head),
      atMs: session.at_ms,
    });
    if (joined.kind !== "joined") throw new RangeError(joined.reason);
    let mine = joined.session;
    const expectEpoch = async (expected: {
      epoch: string;
      conversation_code: string;
      read_token: string;
      write_token: string;
    }) => {
      const { readToken, writeToken } = await mine.streamTokens(hex(vector.stream), 1);
      expect([String(mine.epoch), mine.conversationCode().digits]).toEqual([expected.epoch, expected.conversation_code]);
      expect([encodeHex(readToken), encodeHex(writeToken)]).toEqual([expected.read_token, expected.write_token]);
    };
    const read = async ({ record, content: expected }: { record: string; content: string }) => {
      const opened = await mine.open(hex(record), { positions: mine.positions });
      if (opened.kind !== "opened") throw new RangeError(opened.kind);
      mine = opened.session;
      expect(encodeHex(opened.content)).toBe(expected);
    };
    expect(encodeHex(mine.groupId)).toBe(vector.group);
    await expectEpoch(vector.joined);
    for (const message of vector.messages) await read(message);
    const { record, content: expected, counter } = vector.ephemeral;
    expect(await mine.openEphemeral(hex(record))).toMatchObject({ content: hex(expected), counter });
    const updated = await mine.receiveHandshake(hex(vector.update.record), { position: vector.update.position });
    expect(updated.kind).toBe("applied");
    mine = updated.session;
    await expectEpoch(vector.update);
    await read(vector.after_update);
  });

  it("content and envelope: are read as they were written", () => {
    for (const { content: expected, bytes } of content.contents) expect(decodeContent(hex(bytes))).toEqual(expected);
    expect(decodeContent(encodeUtf8(content.unknown.text))).toMatchObject({ kind: "unknown", name: "hologram" });
    for (const { content: expected, bytes } of content.ephemeral) expect(decodeEphemeral(hex(bytes))).toEqual(expected);
    const { request } = envelope;
    const { head, body, signed } = decodeEnvelope(hex(request.bytes));
    expect([head.recipient, head.timeMs, encodeHex(head.inbox)]).toEqual([request.recipient, request.time_ms, request.inbox]);
    expect(body).toMatchObject({ kind: "request", greeting: request.greeting });
    expect(encodeHex(signed)).toBe(request.signed_bytes);
  });

  it("vault: headers open under key and passphrase, names are hidden alike, values open at their place only", async () => {
    const deps = { random: (length: number) => new Uint8Array(length), deriveKey: deriveKeyArgon2id };
    const { header_by_key, header_by_passphrase, hidden_name, values } = vault;
    for (const [bytes, protection] of [
      [header_by_key.bytes, { kind: "key", key: hex(header_by_key.key) }],
      [header_by_passphrase.bytes, { kind: "passphrase", passphrase: header_by_passphrase.passphrase }],
    ] as const) {
      const { dataKey, vaultId } = await openHeader(deps, hex(bytes), protection);
      expect([encodeHex(vaultId), encodeHex(dataKey)]).toEqual([vault.vault, vault.data_key]);
    }
    const sealing = new Sealing(hex(vault.vault), hex(vault.data_key), deps.random);
    expect(encodeHex(sealing.hideName(hidden_name.store, hidden_name.name))).toBe(hidden_name.hidden);
    for (const { store, name, page, value, bytes } of values) {
      expect(encodeHex(sealing.open({ store, name, page }, hex(bytes)))).toBe(value);
      expect(() => sealing.open({ store, name, page: page + 1 }, hex(bytes))).toThrow("vault/damaged");
    }
  });

  it("file: a sealed file opens with what a message tells of it, and is padded alike", async () => {
    const { small, padded_bytes } = file;
    const { true_bytes: trueBytes, type } = small;
    const secret = { trueBytes, type, key: hex(small.key), commitment: hex(small.commitment), hash: hex(small.hash) };
    const blob = hex(small.blob);
    const opener = await FileOpener.create(webcrypto.subtle, secret, blob.slice(0, 40));
    const pieces = async function* () {
      yield blob;
    };
    const opened: string[] = [];
    for await (const { bytes } of opener.segments(pieces())) opened.push(encodeHex(bytes));
    expect(opened).toEqual([small.plaintext]);
    expect(encodeHex(encodeFacts({ trueBytes, type }))).toBe(small.file_facts);
    for (const { size, padded } of padded_bytes) expect(paddedBytes(size)).toBe(padded);
  });
});

describe("linking.json", () => {
  const { link, typed, run } = linking;
  const hexed = (values: object): unknown =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, value instanceof Uint8Array ? encodeHex(value) : value]),
    );

  it("both forms of a code lead to their place", () => {
    expect(hexed(parseLinkingLink(link.text))).toMatchObject({
      rendezvous: link.rendezvous,
      secret: link.secret,
      expiresMs: link.expires_ms,
    });
    expect(hexed(linkingPlace(parseLinkingLink(link.text)))).toEqual(link.place);
    expect(hexed(parseTypedCode(typed.text))).toMatchObject({ rendezvous: typed.rendezvous, secret: typed.secret });
    expect(hexed(linkingPlace(parseTypedCode(typed.text)))).toEqual(typed.place);
  });

  it("the old device derives keys and digits, and opens the first record", () => {
    const inputs = linkingInputs(parseTypedCode(typed.text), run.node, hex(run.run));
    expect(encodeHex(inputs.channel)).toBe(run.channel);
    const shares = { joining: hex(run.joining_share), offering: hex(run.offering_share) };
    const keys = linkingKeys(inputs, hex(run.offering_scalar), "offering", shares);
    if (keys === undefined) throw new Error("the shares are good");
    expect(hexed(keys)).toEqual(run.keys);
    const nonces = { joiningNonce: hex(run.joining_nonce), offeringNonce: hex(run.offering_nonce) };
    expect(linkingDigits({ ...nonces, context: keys.context })).toBe(run.digits);
    const record = decodeLinkingRecord(hex(run.records.commit));
    if (record?.body.kind !== "sealed") throw new Error("it is sealed");
    const opened = new LinkingSeal(keys, "offering", hex(run.run)).open(record.body);
    expect(opened).toMatchObject({ kind: "commit", deviceName: "Tablet" });
    expect(decodeLinkingRecord(hex(run.records.joining_share))?.body.kind).toBe("share");
    expect(decodeLinkingRecord(hex(run.records.refused))?.body).toEqual({ kind: "refused", reason: "used" });
  });
});
