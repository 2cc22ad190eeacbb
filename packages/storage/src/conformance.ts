// What every node store must do. Each case gets an empty store of node NODE with SMALL_LIMITS and throws when the store does otherwise.
import {
  configurationHash,
  limits,
  nextChain,
  nextHandshakeChain,
  type StreamConfiguration,
  type StreamId,
  toStreamId,
} from "@p2pcrypt/api";
import { equalBytes } from "@p2pcrypt/bytes";
import {
  type Append,
  type AppendOutcome,
  type CertificateEntry,
  MAX_SEARCH_TERMS,
  type NodeStore,
  type StoreLimits,
} from "./node-store.ts";

export interface NodeStoreCase {
  readonly name: string;
  readonly run: (store: NodeStore) => Promise<void>;
}

export const CONFORMANCE_NODE = "ab".repeat(32);
export const CONFORMANCE_LIMITS: StoreLimits = {
  streams: 5,
  streamBytes: 4000,
  streamHandshakeBytes: 4000,
  totalBytes: 100_000,
  identities: 3,
};

const NOW = 1_800_000_000_000;
const fill = (value: number, size = 32): Uint8Array => new Uint8Array(size).fill(value);
const stream = (n: number): StreamId => toStreamId(fill(n));
const [READ, WRITE, ADMIN] = [fill(1), fill(2), fill(3)];
const conversation: StreamConfiguration = {
  version: 1,
  kind: "conversation",
  readTokenHash: READ,
  writeTokenHash: WRITE,
  admins: [ADMIN],
  retentionMs: limits.DEFAULT_RETENTION_MS,
  isMembersLaneOpen: true,
};
let keys = 0;

function message(n: number, change: Partial<Append> = {}): Append {
  keys += 1;
  const key = fill(0, 16);
  new DataView(key.buffer).setUint32(0, keys);
  const authority = { kind: "writeToken", tokenHash: WRITE } as const;
  return { stream: stream(1), kind: "application", record: fill(n, 100), idempotencyKey: key, authority, nowMs: NOW, ...change };
}

function handshake(position: number, change: Partial<Append> = {}): Append {
  return message(200 + position, { kind: "handshake", position, authority: { kind: "administrator", key: ADMIN }, ...change });
}

function entry(fingerprint: string, value: number, terms: readonly string[] = []): CertificateEntry {
  return { bytes: fill(value), fingerprint, terms };
}

async function withStream(store: NodeStore, configuration = conversation): Promise<NodeStore> {
  check((await store.createStream({ id: stream(1), configuration, nowMs: NOW })).kind === "created", "the stream is made");
  return store;
}

export const nodeStoreCases: readonly NodeStoreCase[] = [
  {
    name: "makes a stream once; again with equal values is the same answer, with others a refusal",
    run: async (store) => {
      await withStream(store);
      check((await store.createStream({ id: stream(1), configuration: conversation, nowMs: NOW + 1 })).kind === "same", "same");
      const other = { ...conversation, readTokenHash: fill(9) };
      refused(await store.createStream({ id: stream(1), configuration: other, nowMs: NOW }), "exists");
      check((await store.stream(stream(1)))?.head.seq === 0, "the head is 0");
      check((await store.stream(stream(2))) === undefined, "an unknown stream is undefined");
    },
  },
  {
    name: "numbers records without gaps and chains them as a reader will",
    run: async (store) => {
      await withStream(store);
      let chain = (await store.stream(stream(1)))?.head.chain ?? fill(0);
      let handshakes = (await store.stream(stream(1)))?.head.handshakeChain ?? fill(0);
      const appends = [message(1), handshake(1), message(2, { ifHandshake: 1 }), handshake(2)];
      for (const [i, append] of appends.entries()) {
        const outcome = appended(await store.append(append));
        check(outcome.seq === i + 1 && outcome.position === append.position, "seq and position");
        chain = nextChain(chain, { seq: outcome.seq, kind: append.kind, position: append.position, record: append.record });
        if (append.position !== undefined) handshakes = nextHandshakeChain(handshakes, append.position, append.record);
        check(equalBytes(outcome.stream.head.chain, chain), "the chain");
        check(equalBytes(outcome.stream.head.handshakeChain, handshakes), "the handshake chain");
      }
      const page = await store.read({ stream: stream(1), after: 1, limit: 2, maxBytes: 9999 });
      check(
        page?.records.map(({ seq }) => seq).join() === "2,3" && page.hasMore && page.before.seq === 1,
        "a page in the middle",
      );
      check(page?.records[1]?.record.every((byte) => byte === 2) === true, "the bytes");
      const end = await store.read({ stream: stream(1), after: 4, limit: 2, maxBytes: 9999 });
      check(end?.records.length === 0 && !end.hasMore && equalBytes(end.before.chain, chain), "the end");
    },
  },
  {
    name: "T1: a repeat with the same key answers the same and stores nothing; with other bytes it is a conflict",
    run: async (store) => {
      await withStream(store);
      const append = message(1);
      const first = appended(await store.append(append));
      await store.append(handshake(1));
      const again = await store.append({ ...append, nowMs: NOW + 5, ifHandshake: 0 });
      check(again.kind === "repeated" && again.seq === first.seq && again.timeMs === NOW, "repeated");
      refused(await store.append({ ...append, record: fill(7, 100) }), "idempotencyConflict");
      refused(
        await store.append({ ...append, record: fill(7, 100), authority: { kind: "writeToken", tokenHash: fill(9) } }),
        "forbidden",
      );
      check((await store.stream(stream(1)))?.head.seq === 2, "two records");
    },
  },
  {
    name: "a position is taken once, and a sender who has not seen the newest handshake is told so",
    run: async (store) => {
      await withStream(store);
      appended(await store.append(handshake(1)));
      const taken = refused(await store.append(handshake(1)), "positionTaken");
      check(taken.positions === 1, "positions");
      refused(await store.append(handshake(3)), "positionTaken");
      check(refused(await store.append(message(1, { ifHandshake: 0 })), "moved").positions === 1, "moved");
      refused(await store.append(message(1, { ifHandshake: 2 })), "moved");
      appended(await store.append(message(1, { ifHandshake: 1 })));
    },
  },
  {
    name: "A1: who may append what: every wrong right is refused and changes nothing",
    run: async (store) => {
      await withStream(store);
      const wrong: Partial<Append>[] = [
        { authority: { kind: "writeToken", tokenHash: READ } },
        { authority: { kind: "writeToken", tokenHash: fill(0) } },
        { authority: { kind: "stranger" } },
        { authority: { kind: "contactToken", tokenHash: WRITE } },
        { authority: { kind: "administrator", key: ADMIN } },
        { kind: "sealedRequest" },
        { kind: "sealedRequest", authority: { kind: "stranger" } },
        { stream: stream(2) },
      ];
      for (const change of wrong) refused(await store.append(message(1, change)), "forbidden");
      refused(await store.append(handshake(1, { authority: { kind: "administrator", key: fill(8) } })), "forbidden");
      check((await store.stream(stream(1)))?.head.seq === 0, "nothing stored");
    },
  },
  {
    name: "M14: an inbox takes small requests from anybody, large ones with the contact token, and nothing else",
    run: async (store) => {
      const contact = fill(5);
      const { writeTokenHash: _, ...rest } = conversation;
      await withStream(store, { ...rest, kind: "inbox", contactTokenHash: contact });
      const request = (change: Partial<Append>): Append =>
        message(1, { kind: "sealedRequest", authority: { kind: "stranger" }, ...change });
      appended(await store.append(request({})));
      refused(await store.append(request({ record: fill(1, limits.MAX_STRANGER_REQUEST_BYTES + 1) })), "forbidden");
      refused(await store.append(request({ authority: { kind: "contactToken", tokenHash: fill(6) } })), "forbidden");
      refused(await store.append(message(1)), "forbidden");
      refused(await store.append(handshake(1)), "forbidden");
      appended(await store.append(request({ authority: { kind: "contactToken", tokenHash: contact } })));
    },
  },
  {
    name: "M11: a removal is one step: position, record, tokens and keys; the old token reads up to it and writes nothing more",
    run: async (store) => {
      await withStream(store);
      appended(await store.append(message(1)));
      const previous = configurationHash({ node: CONFORMANCE_NODE, stream: stream(1) }, conversation);
      const [newRead, newWrite, newAdmin] = [fill(11), fill(12), fill(13)];
      const change = { readTokenHash: newRead, writeTokenHash: newWrite, addAdmins: [newAdmin], removeAdmins: [ADMIN] };
      const configure = { version: 2, previous, change, admin: ADMIN };
      refused(await store.append(handshake(1, { configure: { ...configure, version: 3 } })), "versionConflict");
      refused(await store.append(handshake(1, { configure: { ...configure, previous: fill(0) } })), "versionConflict");
      refused(await store.append(handshake(1, { configure: { ...configure, admin: fill(8) } })), "forbidden");
      refused(await store.append(handshake(2, { configure })), "positionTaken");
      check((await store.stream(stream(1)))?.configuration.version === 1, "a refusal changes nothing");
      const removal = handshake(1, { configure });
      const outcome = appended(await store.append(removal));
      check(outcome.stream.configuration.version === 2, "version 2");
      check((await store.append(removal)).kind === "repeated", "a repeat after the change");
      const grants = outcome.stream.readGrants.map(({ tokenHash, untilSeq }) => `${tokenHash[0]}:${untilSeq ?? ""}`).join();
      check(grants === "1:2,11:", `grants ${grants}`);
      refused(await store.append(message(2)), "forbidden");
      refused(await store.append(handshake(2)), "forbidden");
      appended(await store.append(message(3, { authority: { kind: "writeToken", tokenHash: newWrite } })));
      const old = await store.read({ stream: stream(1), after: 0, until: 2, limit: 10, maxBytes: 9999 });
      check(old?.records.length === 2, "the old token sees two");
    },
  },
  {
    name: "M10: the members' lane can be closed while administrators go on",
    run: async (store) => {
      await withStream(store);
      const member = { authority: { kind: "writeToken", tokenHash: WRITE } } as const;
      appended(await store.append(handshake(1, member)));
      const previous = configurationHash({ node: CONFORMANCE_NODE, stream: stream(1) }, conversation);
      const configured = await store.configure(stream(1), {
        version: 2,
        previous,
        change: { isMembersLaneOpen: false },
        admin: ADMIN,
      });
      check(configured.kind === "configured", "closed");
      refused(await store.append(handshake(2, member)), "membersLaneClosed");
      appended(await store.append(handshake(2)));
      refused(await store.configure(stream(1), { version: 2, previous, change: {}, admin: ADMIN }), "versionConflict");
      refused(await store.configure(stream(2), { version: 2, previous, change: {}, admin: ADMIN }), "forbidden");
    },
  },
  {
    name: "T8: quotas hold, handshakes have their own, and a refusal changes nothing",
    run: async (store) => {
      await withStream(store);
      for (let n = 0; n < 40; n++) appended(await store.append(message(n)));
      refused(await store.append(message(1)), "quota");
      appended(await store.append(handshake(1)));
      for (let n = 2; n <= 5; n++)
        check((await store.createStream({ id: stream(n), configuration: conversation, nowMs: NOW })).kind === "created", "made");
      refused(await store.createStream({ id: stream(6), configuration: conversation, nowMs: NOW }), "quota");
      const usage = await store.usage();
      check(usage.records === 41 && usage.recordBytes === 4100 && usage.streams === 5, "usage");
      check(await store.deleteStream(stream(1), 1), "deleted");
      check((await store.usage()).records === 0 && (await store.stream(stream(1))) === undefined, "gone");
      check(!(await store.deleteStream(stream(2), 7)), "of another version: not deleted");
    },
  },
  {
    name: "T7: expiry takes messages first and handshakes much later, and a page behind a gap still proves itself",
    run: async (store) => {
      await withStream(store);
      for (const append of [message(1), handshake(1), message(2), message(3)]) appended(await store.append(append));
      const later = appended(await store.append(message(4, { nowMs: NOW + 1000 })));
      const cleaned = NOW + limits.DEFAULT_RETENTION_MS;
      check((await store.expire(cleaned - 1, 10)) === 0, "nothing is early");
      check((await store.expire(cleaned, 2)) === 2 && (await store.expire(cleaned, 10)) === 1, "in small steps");
      const first = await store.read({ stream: stream(1), after: 0, limit: 10, maxBytes: 9999 });
      check(first?.before.seq === 1 && first.records.map(({ seq }) => seq).join() === "2" && first.hasMore, "up to the gap");
      const second = await store.read({ stream: stream(1), after: 2, limit: 10, maxBytes: 9999 });
      check(second?.before.seq === 4 && second.records[0]?.seq === 5, "behind the gap");
      const [record] = second?.records ?? [];
      if (second === undefined || record === undefined) throw new Error("a page is expected");
      check(equalBytes(nextChain(second.before.chain, record), later.stream.head.chain), "the chain");
      check((await store.stream(stream(1)))?.usedBytes === 100, "usage follows");
      await store.expire(cleaned + 2000, 10);
      const nothing = await store.read({ stream: stream(1), after: 2, limit: 10, maxBytes: 9999 });
      check(nothing?.before.seq === 5 && !nothing.hasMore, "at the head");
    },
  },
  {
    name: "pages keep to their limits and give at least one record",
    run: async (store) => {
      await withStream(store);
      for (let n = 0; n < 5; n++) appended(await store.append(message(n)));
      const count = async (limit: number, maxBytes: number): Promise<number | undefined> =>
        (await store.read({ stream: stream(1), after: 0, limit, maxBytes }))?.records.length;
      check((await count(3, 9999)) === 3 && (await count(10, 250)) === 2 && (await count(10, 1)) === 1, "limits");
      check((await store.read({ stream: stream(9), after: 0, limit: 1, maxBytes: 1 })) === undefined, "an unknown stream");
      const beyond = await store.read({ stream: stream(1), after: 99, limit: 5, maxBytes: 9999 });
      check(beyond?.records.length === 0 && beyond.before.seq === 5, "T9: beyond the head is the head");
    },
  },
  {
    name: "certificates are replaced only when nobody else did, and identities are counted",
    run: async (store) => {
      check((await store.putCertificate("a", entry("A", 1), undefined)) === "stored", "stored");
      check((await store.putCertificate("a", entry("A", 2), undefined)) === "changed", "changed");
      check((await store.putCertificate("a", entry("A", 2), fill(1))) === "stored", "replaced");
      check(equalBytes((await store.certificate("a")) ?? fill(0), fill(2)), "read");
      await store.putCertificate("b", entry("B", 1), undefined);
      await store.putCertificate("c", entry("C", 1), undefined);
      check((await store.putCertificate("d", entry("D", 1), undefined)) === "quota", "quota");
      check((await store.usage()).identities === 3, "three");
    },
  },
  {
    name: "D9: identities are found by exactly their present terms, and by no part of one",
    run: async (store) => {
      await store.putCertificate("b", entry("B", 1, ["kid 1", "uid ana"]), undefined);
      await store.putCertificate("a", entry("A", 1, ["kid 1", "uid ana", "uid ana"]), undefined);
      const found = async (term: string, limit = 10): Promise<string> => (await store.identitiesByTerm(term, limit)).join();
      check((await found("uid ana")) === "a,b" && (await found("uid ana", 1)) === "a", "in order, up to the limit");
      for (const part of ["uid an", "uid ana ", "uid %", "uid*", "", "%", "uid Ana"]) check((await found(part)) === "", part);
      await store.putCertificate("a", entry("A", 2, ["kid 1"]), fill(1));
      check((await found("uid ana")) === "b" && (await found("kid 1")) === "a,b", "a term that is gone finds nothing");
      const many = Array.from({ length: MAX_SEARCH_TERMS + 5 }, (_, i) => `uid ${i}`);
      await store.putCertificate("c", entry("C", 1, many), undefined);
      check(
        (await found(`uid ${MAX_SEARCH_TERMS - 1}`)) === "c" && (await found(`uid ${MAX_SEARCH_TERMS}`)) === "",
        "up to the limit",
      );
    },
  },
  {
    name: "a fingerprint belongs to the identity that had it first",
    run: async (store) => {
      await store.putCertificate("a", entry("A", 1), undefined);
      check((await store.putCertificate("b", entry("A", 1), undefined)) === "collision", "another identity");
      check((await store.certificate("b")) === undefined, "nothing stored");
      check((await store.putCertificate("a", entry("A", 2), fill(1))) === "stored", "the same identity");
    },
  },
  {
    name: "D4: a lower profile sequence never replaces a higher one, and of two equal ones the first stays",
    run: async (store) => {
      const put = (sequence: number, byte: number): ReturnType<NodeStore["putProfile"]> =>
        store.putProfile("a", { sequence, profile: fill(byte) });
      check(
        (await put(5, 1)).kind === "stored" && (await put(4, 2)).kind === "older" && (await put(5, 1)).kind === "same",
        "order",
      );
      check((await put(5, 3)).kind === "older", "another one of the same number");
      check((await store.profile("a"))?.profile[0] === 1, "the first");
      check((await put(6, 4)).kind === "stored" && (await store.profile("a"))?.sequence === 6, "newer");
      check((await store.profile("b")) === undefined, "unknown");
    },
  },
  {
    name: "a one-time key package is given once, the last-resort one only when nothing else is left, both only to who holds a token",
    run: async (store) => {
      const [device, other] = [fill(1, 16), fill(2, 16)];
      const publication = {
        identity: "a",
        device,
        packages: [fill(1), fill(2)],
        lastResort: fill(9),
        claimTokenHashes: [fill(7)],
        replaces: false,
      };
      const stock = await store.publishKeyPackages(publication);
      check(stock !== "quota" && stock.count === 2 && stock.hasLastResort && !stock.wasLastResortUsed, "stock");
      await store.publishKeyPackages({ identity: "a", device: other, packages: [fill(3)], replaces: false });
      const claim = async (token = fill(7)): Promise<string | undefined> =>
        (await store.claimKeyPackages({ identity: "a", tokenHash: token }))
          ?.map(({ keyPackage, isLastResort }) => `${keyPackage[0]}${isLastResort ? "!" : ""}`)
          .join();
      check((await claim(fill(8))) === undefined, "a wrong token");
      check(
        (await claim()) === "1,3" && (await claim()) === "2" && (await claim()) === "9!" && (await claim()) === "9!",
        "order",
      );
      check((await store.keyPackageStock("a", device)).wasLastResortUsed, "the use is told");
      await store.publishKeyPackages({
        identity: "a",
        device,
        packages: [fill(4)],
        lastResort: fill(8),
        claimTokenHashes: [],
        replaces: true,
      });
      check((await claim()) === undefined, "a withdrawn token");
    },
  },
  {
    name: "A2: a nonce is used once, until it may be forgotten",
    run: async (store) => {
      check((await store.useNonce(fill(1), 100)) && !(await store.useNonce(fill(1), 100)), "once");
      await store.expire(99, 10);
      check(!(await store.useNonce(fill(1), 100)), "still known");
      check((await store.expire(100, 10)) === 1 && (await store.useNonce(fill(1), 200)), "forgotten");
    },
  },
  {
    name: "keeps notes",
    run: async (store) => {
      check((await store.note("x")) === undefined, "none");
      await store.putNote("x", fill(1));
      await store.putNote("x", fill(2));
      check((await store.note("x"))?.[0] === 2, "the last one");
    },
  },
];

type AppendedOutcome = Exclude<AppendOutcome, { readonly kind: "refused" }>;

function check(isTrue: boolean, what: string): void {
  if (!isTrue) throw new Error(`does not hold: ${what}`);
}

function appended(outcome: AppendOutcome): AppendedOutcome {
  if (outcome.kind !== "appended") throw new Error(`expected appended, got ${JSON.stringify(outcome)}`);
  return outcome;
}

function refused<Outcome extends { readonly kind: string }>(
  outcome: Outcome,
  code: string,
): Outcome & { readonly positions?: number } {
  if (outcome.kind !== "refused" || !("code" in outcome) || outcome.code !== code) {
    throw new Error(`expected ${code}, got ${outcome.kind} ${"code" in outcome ? outcome.code : ""}`);
  }
  return outcome;
}
