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
import { check, fill, type NodeStoreCase } from "./case.ts";
import { directoryCases } from "./directory-cases.ts";
import type { Append, AppendOutcome, NodeStore, StoreLimits } from "./node-store.ts";

export type { NodeStoreCase } from "./case.ts";

export const CONFORMANCE_NODE = "ab".repeat(32);
export const CONFORMANCE_LIMITS: StoreLimits = {
  streams: 5,
  streamBytes: 4000,
  streamHandshakeBytes: 4000,
  totalBytes: 100_000,
  identities: 3,
};

const NOW = 1_800_000_000_000;
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
    name: "a stream that continues another begins with its positions and handshake chain",
    run: async (store) => {
      const continues = { positions: 7, handshakeChain: fill(5) };
      const made = { id: stream(1), configuration: conversation, continues, nowMs: NOW };
      check((await store.createStream(made)).kind === "created", "the stream is made");
      check((await store.createStream(made)).kind === "same", "again");
      refused(await store.createStream({ ...made, continues: { ...continues, positions: 6 } }), "exists");
      check(refused(await store.append(handshake(1)), "positionTaken").positions === 7, "told");
      const { head } = appended(await store.append(handshake(8))).stream;
      check(head.seq === 1 && head.positions === 8, "the next position");
      check(equalBytes(head.handshakeChain, nextHandshakeChain(fill(5), 8, handshake(8).record)), "the handshake chain");
      const page = await store.read({ stream: stream(1), after: 0, limit: 2, maxBytes: 9999 });
      check(page?.before.positions === 7 && equalBytes(page.before.handshakeChain, fill(5)), "before the first record");
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
  ...directoryCases,
];

type AppendedOutcome = Exclude<AppendOutcome, { readonly kind: "refused" }>;

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
