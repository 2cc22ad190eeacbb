// A vault as it looks after a long time: real rows of one conversation, multiplied. Run as a process of its own, so that memory is
// its own:  make HOME | open HOME | use HOME | begin HOME | index HOME | search HOME
import { randomBytes } from "node:crypto";
import { encodeHex } from "@p2pcrypt/bytes";
import { type Client, type ClientDeps, createClient, openClient, openPgpIdentity, type SearchQuery } from "@p2pcrypt/client";
import { createXWingCrypto, type IdentityId } from "@p2pcrypt/session";
import { Vault } from "@p2pcrypt/vault";
import { openFileVault } from "@p2pcrypt/vault/file";
import { historyOf } from "../packages/client/src/conversation/history.ts";
import type { GroupRow } from "../packages/client/src/store/group-rows.ts";
import type { ContactRow, ThreadRow } from "../packages/client/src/store/rows.ts";
import { decodeStored, encodeStored } from "../packages/client/src/store/stored-json.ts";
import { NODE_URL, say, World } from "../packages/client/test/support/world.ts";
import { rareWord, sentence } from "./vocabulary.ts";

const KEY = new Uint8Array(32).fill(7);
const CONVERSATIONS = 200;
const MESSAGES = 100_000;
/** One of the conversations has this many of them. */
const LONGEST = 10_000;

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const headerDeps = { random, deriveKey: async () => KEY };
const protection = { kind: "key", key: KEY } as const;

const [act, home = ""] = process.argv.slice(2);
if (act === "make") await make();
else if (act === "open") await measureOpening();
else if (act === "use") await measureUse();
else if (act === "begin") await measureBeginning();
else if (act === "index") await measureIndexing();
else if (act === "search") await measureSearching();

/** Two people talk a little; what one of them has is written 200 times over, each with a history. */
async function make(): Promise<void> {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  for (let i = 0; i < 40; i++) await say(ben, `message ${i}`);
  await ben.client.settled();
  await world.close(ana, ben);
  const from = await Vault.open(ben.disk, headerDeps, protection);
  const read = async <Row>(store: string, name: string): Promise<Row> => decodeStored<Row>(await bytesOf(from, store, name));
  const names = (store: string): Promise<string[]> => read<string[]>("index", store);
  const to = await Vault.create(openFileVault({ home, nowMs: Date.now() }), headerDeps, protection);

  const [contactId = ""] = await names("contacts");
  const contact = await read<ContactRow>("contacts", contactId);
  const [threadId = ""] = await names("threads");
  const thread = await read<ThreadRow>("threads", threadId);
  const [groupId = ""] = await names("groups");
  const group = await read<GroupRow>("groups", groupId);
  const parts = await Promise.all(["session/group", "session/ratchet"].map((store) => bytesOf(from, store, groupId)));

  const first = to.batch();
  first.put("client", "format", await bytesOf(from, "client", "format"));
  first.put("account", "self", await bytesOf(from, "account", "self"));
  first.put("index", "account", encodeStored(["self"]));
  const ids = Array.from({ length: CONVERSATIONS }, () => ({
    contact: encodeHex(random(32)) as IdentityId,
    thread: encodeHex(random(16)),
    group: encodeHex(random(32)),
  }));
  first.put("index", "contacts", encodeStored(ids.map((one) => one.contact)));
  first.put("index", "threads", encodeStored(ids.map((one) => one.thread)));
  first.put("index", "groups", encodeStored(ids.map((one) => one.group)));
  await first.commit();

  for (const [i, one] of ids.entries()) {
    const name = `Contact ${i}`;
    const count = i === 0 ? LONGEST : Math.floor((MESSAGES - LONGEST) / (CONVERSATIONS - 1));
    const batch = to.batch();
    const entry = (number: number) => ({
      kind: "text",
      id: encodeHex(random(11)),
      author: one.contact,
      authorName: name,
      isOwn: false,
      atMs: 1_795_000_000_000 + number * 1000,
      sentAtMs: 1_795_000_000_000 + number * 1000,
      text: `Message ${number}: ${sentence()}`,
      wasVerified: false,
      conversationId: one.thread,
      number,
    });
    batch.put("contacts", one.contact, encodeStored({ ...contact, identityId: one.contact, name, conversationId: one.thread }));
    const last = entry(count);
    batch.put(
      "threads",
      one.thread,
      encodeStored({ ...thread, id: one.thread, contactId: one.contact, groupId: one.group, entries: count, last, outbox: [] }),
    );
    batch.put("groups", one.group, encodeStored({ ...group, groupId: one.group, threadId: one.thread }));
    for (const [n, store] of ["session/group", "session/ratchet"].entries())
      batch.put(store, one.group, parts[n] ?? new Uint8Array(0));
    for (let number = 1; number < count; number++) batch.append(historyOf(one.thread), encodeStored(entry(number)));
    batch.append(historyOf(one.thread), encodeStored(last));
    await batch.commit();
  }
  await to.close();
}

async function bytesOf(vault: Vault, store: string, name: string): Promise<Uint8Array> {
  const bytes = await vault.get(store, name);
  if (bytes === undefined) throw new Error(`nothing at ${store}`);
  return bytes;
}

async function opened(): Promise<{ client: Client; vault: Vault }> {
  const vault = await Vault.open(openFileVault({ home, nowMs: Date.now() }), headerDeps, protection);
  return { client: await openClient(depsOn(vault)), vault };
}

function depsOn(vault: Vault): ClientDeps {
  const unreachable = async (): Promise<never> => {
    throw new Error(`${NODE_URL} is not asked here`);
  };
  return {
    clock: { nowMs: () => Date.now() },
    timers: { after: () => () => undefined },
    random,
    vault,
    crypto: createXWingCrypto(random),
    identity: openPgpIdentity,
    transport: { call: unreachable, open: unreachable },
    deriveKey: async () => KEY,
  };
}

async function measureBeginning(): Promise<void> {
  const startMs = performance.now();
  const vault = await Vault.create(openFileVault({ home, nowMs: Date.now() }), headerDeps, protection);
  const client = await createClient(depsOn(vault), { name: "Ana", homeNodeUrl: NODE_URL });
  if (!client.account.snapshot().link.includes("/#/add/")) throw new Error("no link");
  console.log(JSON.stringify({ linkMs: performance.now() - startMs }));
  await client.close();
  await vault.close();
}

async function measureOpening(): Promise<void> {
  const before = heapBytes();
  const startMs = performance.now();
  const { client, vault } = await opened();
  const conversations = client.conversations.list().length;
  const listMs = performance.now() - startMs;
  if (conversations !== CONVERSATIONS) throw new Error("conversations are missing");
  const heapMb = (heapBytes() - before) / 1e6;
  console.log(JSON.stringify({ listMs, heapMb }));
  await client.close();
  await vault.close();
}

async function measureUse(): Promise<void> {
  const { client, vault } = await opened();
  const longest = client.conversations.list().find(({ entries }) => entries === LONGEST);
  const times: number[] = [];
  for (let before = LONGEST + 1; before > 50; before -= 50) {
    const startMs = performance.now();
    const page = await client.conversations.history(longest?.id ?? "", { before, limit: 50 });
    times.push(performance.now() - startMs);
    if (page.length !== 50) throw new Error("a page is missing");
  }
  const sends: number[] = [];
  for (let i = 0; i < 30; i++) {
    const startMs = performance.now();
    await client.conversations.send(longest?.id ?? "", `sent ${i}`);
    sends.push(performance.now() - startMs);
  }
  console.log(JSON.stringify({ pages: times, sends }));
  await client.close();
  await vault.close();
}

/** What a vault of before there was an index does once. */
async function measureIndexing(): Promise<void> {
  const { client, vault } = await opened();
  const startMs = performance.now();
  while (!(await client.search.find({ words: "nothing of this" })).isComplete);
  console.log(JSON.stringify({ indexMs: performance.now() - startMs }));
  await client.close();
  await vault.close();
}

async function measureSearching(): Promise<void> {
  const { client, vault } = await opened();
  const before = heapBytes();
  const time = async (query: SearchQuery): Promise<number> => {
    const startMs = performance.now();
    const { isComplete } = await client.search.find(query);
    if (!isComplete) throw new Error("the index is not whole");
    return performance.now() - startMs;
  };
  const firstMs = await time({ words: rareWord(0) });
  const heapMb = (heapBytes() - before) / 1e6;
  const [contact] = client.contacts.list();
  const from = contact === undefined ? {} : { from: contact.identityId };
  const kinds: Record<string, (n: number) => SearchQuery> = {
    rare: (n) => ({ words: rareWord(n) }),
    common: () => ({ words: "message" }),
    two: (n) => ({ words: `message ${rareWord(n)}` }),
    letters: (n) => ({ words: "aeiou".charAt(n % 5) }),
    phrase: (n) => ({ words: `"message ${n}"` }),
    arabic: () => ({ words: "مقهي" }),
    cjk: () => ({ words: "東京" }),
    filtered: () => ({ words: "", ...from }),
    none: (n) => ({ words: `${rareWord(n)}qqq` }),
  };
  const times: Record<string, number[]> = {};
  for (const [kind, query] of Object.entries(kinds)) {
    times[kind] = [];
    for (let n = 0; n < 40; n++) times[kind].push(await time(query(n)));
  }
  console.log(JSON.stringify({ firstMs, heapMb, times }));
  await client.close();
  await vault.close();
}

function heapBytes(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
