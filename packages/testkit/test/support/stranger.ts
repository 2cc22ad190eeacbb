// Somebody with a genuine identity and no client: writes any letter into any inbox, as an attacker would.
import { toStreamId } from "@p2pcrypt/api";
import { concatBytes, purposeBytes } from "@p2pcrypt/bytes";
import { openPgpIdentity } from "@p2pcrypt/client";
import {
  createDeviceCertificate,
  createSecretIdentity,
  encodeCredential,
  formatContactLink,
  type Inbox,
  PURPOSES,
  parseCertificate,
  type SecretIdentity,
  signObject,
  signProfile,
  verifyProfile,
} from "@p2pcrypt/identity";
import {
  createFoundingStatement,
  createKeyPackage,
  createXWingCrypto,
  type Device,
  type IdentityId,
  Session,
  sealToInbox,
} from "@p2pcrypt/session";
import {
  type EnvelopeBody,
  type EnvelopeHead,
  encodeEnvelope,
  encodeUnsignedEnvelope,
} from "../../../client/src/mail/envelope.ts";
import type { OfferRow } from "../../../client/src/store/rows.ts";
import { seededRandom } from "../../src/index.ts";
import { idOf, NODE_URL, type Person, type World } from "./real-world.ts";

const DAY_MS = 86_400_000;

export class Stranger {
  readonly world: World;
  readonly secret: SecretIdentity;
  readonly device: Device;
  readonly deviceId: Uint8Array;
  readonly #deviceCertificate: Uint8Array;
  readonly #profile: Uint8Array;
  readonly #random = seededRandom("stranger");

  private constructor(
    world: World,
    made: { secret: SecretIdentity; device: Device; deviceId: Uint8Array; deviceCertificate: Uint8Array; profile: Uint8Array },
  ) {
    this.world = world;
    this.secret = made.secret;
    this.device = made.device;
    this.deviceId = made.deviceId;
    this.#deviceCertificate = made.deviceCertificate;
    this.#profile = made.profile;
  }

  static async create(world: World, name: string): Promise<Stranger> {
    const nowMs = world.time.nowMs();
    const random = seededRandom(`stranger ${name}`);
    const crypto = createXWingCrypto(random);
    const secret = await createSecretIdentity({ name, nowMs });
    const signatureSecretKey = random(32);
    const validity = { notBeforeMs: nowMs, notAfterMs: nowMs + 60 * DAY_MS };
    const signatureKey = await crypto.signaturePublicKey(signatureSecretKey);
    const deviceId = random(16);
    const deviceCertificate = await createDeviceCertificate(secret, { deviceId, signatureKey, ...validity }, nowMs);
    const credential = encodeCredential(secret.certificate.minimal(), deviceCertificate);
    const profile = await signProfile(
      secret,
      {
        sequence: 1n,
        issuedMs: nowMs,
        validUntilMs: nowMs + 30 * DAY_MS,
        isDeleted: false,
        displayName: name,
        inboxes: [],
        devices: [deviceId],
        revokedDevices: [],
      },
      nowMs,
    );
    return new Stranger(world, { secret, device: { credential, signatureSecretKey }, deviceId, deviceCertificate, profile });
  }

  get id(): IdentityId {
    return this.secret.certificate.id;
  }

  get link(): string {
    return formatContactLink({ nodeUrl: NODE_URL, identityId: this.id, nameHint: "" });
  }

  get deviceCertificate(): Uint8Array {
    return this.#deviceCertificate;
  }

  /** A request that holds in every respect. */
  async request(greeting: string): Promise<EnvelopeBody> {
    const nowMs = this.world.time.nowMs();
    const { credential, signatureSecretKey } = this.device;
    const made = await createKeyPackage(
      { crypto: createXWingCrypto(this.#random) },
      { credential, signatureSecretKey, nowMs, lifetimeMs: 30 * DAY_MS, isLastResort: false },
    );
    return { kind: "request", greeting, devices: [{ keyPackage: made.publicPackage, streamAdminKey: this.#random(32) }] };
  }

  /** The record to put into somebody's inbox; `head` overrides what is true, `bend` changes the bytes after signing. */
  async letter(
    to: Person,
    body: EnvelopeBody,
    change: { readonly head?: Partial<EnvelopeHead>; readonly bend?: (bytes: Uint8Array) => Uint8Array } = {},
  ): Promise<{ readonly inbox: Inbox; readonly record: Uint8Array }> {
    const inbox = await inboxOf(this.world, to);
    const head: EnvelopeHead = {
      recipient: idOf(to),
      inbox: inbox.stream,
      timeMs: this.world.time.nowMs(),
      certificate: this.secret.certificate.bytes(),
      profile: this.#profile,
      replyInbox: this.#random(32),
      inboxToken: this.#random(32),
      claimToken: this.#random(32),
      ...change.head,
    };
    const unsigned = encodeUnsignedEnvelope(head, body);
    const bytes = encodeEnvelope(unsigned, await this.#sign(body, unsigned));
    const crypto = createXWingCrypto(this.#random);
    const place = { stream: inbox.stream, keyId: inbox.keyId };
    const record = await sealToInbox(crypto, inbox.inboxKey, place, change.bend?.(bytes) ?? bytes);
    if (record === undefined) throw new RangeError("too large");
    return { inbox, record };
  }

  /** Puts a letter where its recipient reads. `token`: for large ones. */
  async send(to: Person, body: EnvelopeBody, change: Parameters<Stranger["letter"]>[2] = {}, token?: Uint8Array): Promise<void> {
    const { inbox, record } = await this.letter(to, body, change);
    await deliver(this.world, inbox.stream, record, token);
  }

  async #sign(body: EnvelopeBody, unsigned: Uint8Array): Promise<Uint8Array> {
    const nowMs = this.world.time.nowMs();
    if (body.kind === "request") return signObject(this.secret, PURPOSES.contactRequest, unsigned, nowMs);
    if (body.kind === "rejoin") return signObject(this.secret, PURPOSES.rejoinRequest, unsigned, nowMs);
    const purpose = body.kind === "welcome" ? PURPOSES.welcomeEnvelope : PURPOSES.stuckNotice;
    const crypto = createXWingCrypto(this.#random);
    return crypto.sign(this.device.signatureSecretKey, concatBytes(purposeBytes(purpose), unsigned));
  }
}

/** Where somebody's newest profile says that they read letters. */
export async function inboxOf(world: World, person: Person): Promise<Inbox> {
  const network = world.network.transport("stranger");
  const { certificate, profile } = await network.call(NODE_URL, "profile.lookup", { identity: idOf(person) }, undefined);
  const atMs = world.time.nowMs();
  const verdict = await verifyProfile(await parseCertificate(certificate, { atMs }), profile, { atMs });
  const [inbox] = verdict.kind === "verified" ? verdict.profile.inboxes : [];
  if (inbox === undefined) throw new RangeError("no inbox");
  return inbox;
}

let letters = 0;

export async function deliver(world: World, stream: Uint8Array, record: Uint8Array, token?: Uint8Array): Promise<void> {
  letters += 1;
  const idempotencyKey = concatBytes(new Uint8Array(12), new Uint8Array(new Uint32Array([letters]).buffer));
  const request = { stream: toStreamId(stream), kind: "sealedRequest", record, idempotencyKey } as const;
  await world.network.transport(`stranger ${letters}`).call(NODE_URL, "stream.append", request, token);
}

/** A group of one's own, with somebody added by a key package of theirs, and the letter that tells them so. */
export async function welcomeOf(stranger: Stranger, to: Person, offer: OfferRow): Promise<EnvelopeBody> {
  const { world, device, deviceCertificate, id } = stranger;
  const nowMs = world.time.nowMs();
  const crypto = createXWingCrypto(seededRandom("welcome"));
  const [stream, adminKey] = [new Uint8Array(32).fill(5), await crypto.signaturePublicKey(new Uint8Array(32).fill(6))];
  const place = { nodeId: (await inboxOf(world, to)).nodeId, nodeUrl: NODE_URL, stream };
  const founding = await createFoundingStatement(crypto, { identityId: id, ...device }, { kind: "direct", nowMs });
  const streamAdminKeys = [{ identityId: id, deviceId: stranger.deviceId, key: adminKey }];
  const deps = { crypto, verifyCredential: openPgpIdentity.verifyCredential };
  const founded = await Session.found(deps, { device, founding, location: [place], streamAdminKeys, nowMs });
  const view = { positions: 0, handshakeHead: founded.handshakeHead, nodes: [] };
  const change = { kind: "add", keyPackages: [offer.keyPackage] } as const;
  const made = await founded.commit(change, { nowMs, view });
  const added = await made.session.receiveHandshake(made.record, { position: 1 });
  if (added.kind !== "applied" || added.welcome === undefined) throw new RangeError(`not added: ${added.kind}`);
  const tokens = await added.session.streamTokens(stream, 1);
  return {
    kind: "welcome",
    deviceCertificate,
    welcome: added.welcome.welcome,
    ratchetTree: added.welcome.ratchetTree,
    references: added.welcome.keyPackageReferences,
    groupId: added.session.groupId,
    place,
    configVersion: 1,
    ...tokens,
    positions: 1,
    handshakeHead: added.session.handshakeHead,
    seq: 1,
    chain: new Uint8Array(32),
  };
}
