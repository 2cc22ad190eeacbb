// MLS groups of growing size, on the product's cryptography and OpenPGP identities: what each act costs the device that does it, and each
// of the others. In one process, without a node.
import { randomBytes } from "node:crypto";
import { createDeviceCertificate, createSecretIdentity, encodeCredential, verifyCredential } from "@p2pcrypt/identity";
import {
  createFoundingStatement,
  createKeyPackage,
  createXWingCrypto,
  type Device,
  type IdentityId,
  type KeyPackageBundle,
  Session,
  type View,
} from "@p2pcrypt/session";
import { percentile, type Result, rounded } from "../result.ts";

const SIZES = [2, 10, 100, 500];
const ADDED_AT_ONCE = 32;
const MESSAGES = 20;
const DAY_MS = 86_400_000;
const TEXT = new TextEncoder().encode("x".repeat(1_000));

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const crypto = createXWingCrypto(random);
const deps = { crypto, verifyCredential };

interface Member {
  readonly device: Device & { readonly identityId: IdentityId };
  readonly bundle: KeyPackageBundle;
}

export async function run(): Promise<Result[]> {
  const nowMs = Date.now();
  const results: Result[] = [];
  const sends = new Map<number, number>();
  for (const size of SIZES) {
    const measured = await measure(size, nowMs);
    results.push(...measured.results);
    sends.set(size, measured.sendMs);
  }
  const factor = (sends.get(500) ?? 0) / (sends.get(2) ?? 1);
  results.push({ name: "a send among 500 by one between 2", value: rounded(factor, 2), unit: "×", goal: { atMost: 2 } });
  return results;
}

async function measure(size: number, nowMs: number): Promise<{ readonly results: readonly Result[]; readonly sendMs: number }> {
  const members: Member[] = [];
  for (let n = 0; n <= size; n++) members.push(await memberOf(`member ${n}`, nowMs));
  const [founder, reader, ...others] = members;
  const late = others.pop() ?? reader;
  if (founder === undefined || reader === undefined || late === undefined) throw new RangeError("no members");
  const founding = await createFoundingStatement(crypto, founder.device, { kind: "group", nowMs });
  const { device } = founder;
  let session = await Session.found(deps, { device, founding, location: [], streamAdminKeys: [], nowMs, name: "bench" });

  // Everybody, 32 at a time; the last commit's Welcome is the one that the reader joins by.
  const beginMs = performance.now();
  const queue = [...others, reader];
  let positions = 0;
  let welcome: { readonly welcome: Uint8Array; readonly ratchetTree: Uint8Array } = {
    welcome: random(0),
    ratchetTree: random(0),
  };
  while (queue.length > 0) {
    const keyPackages = queue.splice(0, ADDED_AT_ONCE).map(({ bundle }) => bundle.publicPackage);
    const made = await session.commit({ kind: "add", keyPackages }, { nowMs, view: viewOf(session) });
    welcome = made.welcome ?? welcome;
    session = await own(made.session, made.record, ++positions);
  }
  const createMs = performance.now() - beginMs;
  const joinMs = performance.now();
  let other = await join(reader, welcome, session, nowMs);
  const joined = performance.now() - joinMs;

  const results: Result[] = [
    { name: `${size}: create, adding all`, value: rounded(createMs), unit: "ms" },
    {
      name: `${size}: join`,
      value: rounded(joined),
      unit: "ms",
      note: `Welcome ${kib(welcome.welcome)}, tree ${kib(welcome.ratchetTree)}`,
    },
  ];

  const sealMs: number[] = [];
  const openMs: number[] = [];
  let recordBytes = 0;
  for (let n = 0; n < MESSAGES; n++) {
    const before = performance.now();
    const sealed = await session.seal(TEXT, { view: viewOf(session) });
    // What is stored before it leaves.
    const stored = sealed.session.encodeRatchet();
    sealMs.push(performance.now() - before);
    if (stored.length === 0) throw new RangeError("nothing to store");
    session = sealed.session;
    recordBytes = sealed.record.length;
    const opening = performance.now();
    const outcome = await other.open(sealed.record, { positions: other.positions });
    if (outcome.kind !== "opened") throw new RangeError(outcome.kind);
    other = outcome.session;
    other.encodeRatchet();
    openMs.push(performance.now() - opening);
  }
  const sendMs = percentile(sealMs, 50);
  results.push(
    { name: `${size}: send 1 kB, median`, value: rounded(sendMs, 1), unit: "ms", note: `record ${recordBytes} bytes` },
    { name: `${size}: process a message, median`, value: rounded(percentile(openMs, 50), 1), unit: "ms" },
  );

  const add = await acted(session, other, { kind: "add", keyPackages: [late.bundle.publicPackage] }, nowMs, ++positions);
  results.push(...told(size, "add one", add));
  const victim = add.session.roster.at(-1)?.leaf ?? 0;
  const remove = await acted(add.session, add.other, { kind: "remove", leaves: [victim] }, nowMs, ++positions);
  results.push(...told(size, "remove one", remove, size === 500 ? { atMost: 2_000 } : undefined));
  const update = await acted(remove.session, remove.other, { kind: "update" }, nowMs, ++positions);
  results.push(...told(size, "new keys", update));
  const last = update.session;
  results.push({
    name: `${size}: state`,
    value: rounded((last.encodeGroup().length + last.encodeRatchet().length) / 1_024, 1),
    unit: "KiB",
    note: `${kib(last.encodeGroup())} once per epoch, ${kib(last.encodeRatchet())} per message`,
  });
  return { results, sendMs };
}

interface Acted {
  readonly session: Session;
  readonly other: Session;
  readonly makeMs: number;
  readonly processMs: number;
  readonly recordBytes: number;
}

/** One commit, made, stored and adopted by its author, and processed and stored by a member. */
async function acted(
  session: Session,
  other: Session,
  change: Parameters<Session["commit"]>[0],
  nowMs: number,
  position: number,
): Promise<Acted> {
  const before = performance.now();
  const made = await session.commit(change, { nowMs, view: viewOf(session) });
  made.session.encodePending();
  const adopted = await own(made.session, made.record, position);
  adopted.encodeGroup();
  const makeMs = performance.now() - before;
  const processing = performance.now();
  const outcome = await other.receiveHandshake(made.record, { position });
  if (outcome.kind !== "applied") throw new RangeError(outcome.kind);
  outcome.session.encodeGroup();
  outcome.session.encodeRatchet();
  const processMs = performance.now() - processing;
  return { session: adopted, other: outcome.session, makeMs, processMs, recordBytes: made.record.length };
}

function told(size: number, what: string, { makeMs, processMs, recordBytes }: Acted, goal?: Result["goal"]): readonly Result[] {
  return [
    { name: `${size}: ${what}`, value: rounded(makeMs), unit: "ms", note: `record ${rounded(recordBytes / 1_024)} KiB` },
    { name: `${size}: process ${what}`, value: rounded(processMs), unit: "ms", ...(goal === undefined ? {} : { goal }) },
  ];
}

async function own(session: Session, record: Uint8Array, position: number): Promise<Session> {
  const outcome = await session.receiveHandshake(record, { position });
  if (outcome.kind !== "applied") throw new RangeError(outcome.kind);
  return outcome.session;
}

async function join(
  { device, bundle }: Member,
  { welcome, ratchetTree }: { readonly welcome: Uint8Array; readonly ratchetTree: Uint8Array },
  { positions, handshakeHead }: Session,
  atMs: number,
): Promise<Session> {
  const { signatureSecretKey } = device;
  const facts = { positions, handshakeHead, atMs, heldGroups: [] };
  const outcome = await Session.join(deps, { welcome, ratchetTree, keyPackages: [bundle], signatureSecretKey, ...facts });
  if (outcome.kind !== "joined") throw new RangeError(outcome.reason);
  return outcome.session;
}

async function memberOf(name: string, nowMs: number): Promise<Member> {
  const secret = await createSecretIdentity({ name, nowMs });
  const signatureSecretKey = random(32);
  const signatureKey = await crypto.signaturePublicKey(signatureSecretKey);
  const validity = { notBeforeMs: nowMs, notAfterMs: nowMs + 80 * DAY_MS };
  const certificate = await createDeviceCertificate(secret, { deviceId: random(16), signatureKey, ...validity }, nowMs);
  const credential = encodeCredential(await secret.certificate.minimal(), certificate);
  const device = { identityId: secret.certificate.id, credential, signatureSecretKey };
  const bundle = await createKeyPackage(
    { crypto },
    { ...device, nowMs, lifetimeMs: 30 * DAY_MS, isLastResort: false, streamAdminKey: random(32) },
  );
  return { device, bundle };
}

function viewOf({ positions, handshakeHead }: Session): View {
  return { positions, handshakeHead, nodes: [] };
}

function kib(bytes: Uint8Array): string {
  return `${rounded(bytes.length / 1_024)} KiB`;
}
