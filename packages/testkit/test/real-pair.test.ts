// Two people with real cryptography and real identities, one node, everything in one process.
import { ed25519 } from "@noble/curves/ed25519.js";
import { type Client, type ClientDeps, type ClientEvent, createClient, openPgpIdentity } from "@p2pcrypt/client";
import { createNodeKeyCertificate, createSecretIdentity } from "@p2pcrypt/identity";
import { createNode, DEFAULT_RATE_LIMITS, type Node, openPgpChecks } from "@p2pcrypt/server";
import { createXWingCrypto } from "@p2pcrypt/session";
import { DEFAULT_STORE_LIMITS } from "@p2pcrypt/storage";
import { MemoryNodeStore } from "@p2pcrypt/storage/memory";
import { Vault } from "@p2pcrypt/vault";
import { MemoryVaultStore } from "@p2pcrypt/vault/memory";
import { expect, it } from "vitest";
import { InProcessNetwork, seededRandom, VirtualTime } from "../src/index.ts";

const URL_ = "http://127.0.0.1:8787";
const START = Date.UTC(2026, 10, 24, 12);

async function realNode(time: VirtualTime): Promise<Node> {
  const secret = await createSecretIdentity({ name: "node", nowMs: time.nowMs() });
  const random = seededRandom("node");
  const checkpointSecret = random(32);
  const nodeKey = await createNodeKeyCertificate(
    secret,
    { checkpointKey: ed25519.getPublicKey(checkpointSecret), notBeforeMs: time.nowMs(), notAfterMs: time.nowMs() + 1e10 },
    time.nowMs(),
  );
  const nodeId = secret.certificate.id;
  const options = {
    nodeId,
    certificate: secret.certificate.bytes(),
    nodeKey,
    publicUrl: URL_,
    version: "test",
    rateLimits: DEFAULT_RATE_LIMITS,
    streamQuotaBytes: 1e9,
  };
  return createNode(options, {
    clock: time,
    timers: time,
    random,
    store: new MemoryNodeStore({ nodeId, limits: DEFAULT_STORE_LIMITS }),
    checks: openPgpChecks,
    signCheckpoint: (bytes) => ed25519.sign(bytes, checkpointSecret),
    report: (fault) => {
      throw fault.cause;
    },
  });
}

async function realClient(
  name: string,
  time: VirtualTime,
  network: InProcessNetwork,
): Promise<{ client: Client; events: ClientEvent[] }> {
  const random = seededRandom(name);
  const vaultDeps = { random, deriveKey: async () => new Uint8Array(32) };
  const deps: ClientDeps = {
    clock: time,
    timers: time,
    random,
    vault: await Vault.create(new MemoryVaultStore(), vaultDeps, { kind: "key", key: random(32) }),
    crypto: createXWingCrypto(random),
    identity: openPgpIdentity,
    transport: network.transport(name),
    deriveKey: vaultDeps.deriveKey,
  };
  const client = await createClient(deps, { name, homeNodeUrl: URL_ });
  const events: ClientEvent[] = [];
  client.subscribe((event) => {
    events.push(event);
  });
  client.start();
  return { client, events };
}

it("two people meet by a link, talk both ways, and see what arrived and what was read", async () => {
  const time = new VirtualTime(START);
  const network = new InProcessNetwork(time, seededRandom("network"));
  network.attach(URL_, await realNode(time));
  const until = async (what: string, holds: () => boolean): Promise<void> => {
    const deadlineMs = performance.now() + 20_000;
    for (let turn = 1; !holds(); turn++) {
      if (performance.now() > deadlineMs) throw new Error(`never: ${what}`);
      await new Promise((resolve) => setImmediate(resolve));
      if (turn % 5000 === 0 && (time.nextInMs ?? 1e9) < 10_000) time.step();
    }
  };
  const ana = await realClient("Ana", time, network);
  const ben = await realClient("Ben", time, network);
  await until("published", () => ana.client.account.snapshot().isPublished && ben.client.account.snapshot().isPublished);
  await ben.client.contacts.add(ana.client.account.snapshot().link, "Hi, it's Ben");
  await until("asked", () => ana.client.contacts.list()[0]?.state === "asking");
  const [request] = ana.client.contacts.list();
  expect(request).toMatchObject({ name: "Ben", greeting: "Hi, it's Ben" });
  await ana.client.contacts.accept(request?.identityId ?? ("" as never));
  await until("joined", () => ben.client.conversations.list()[0]?.state === "active");
  const [forBen] = ben.client.conversations.list();
  const [forAna] = ana.client.conversations.list();
  await ben.client.conversations.send(forBen?.id ?? "", "hello Ana");
  await ana.client.conversations.send(forAna?.id ?? "", "hello Ben");
  const texts = (events: ClientEvent[]): string[] =>
    events.flatMap((event) =>
      event.kind === "entry" && event.entry.kind === "text" && !event.entry.isOwn ? [event.entry.text] : [],
    );
  await until("both arrived", () => texts(ana.events).length === 1 && texts(ben.events).length === 1);
  expect([texts(ana.events), texts(ben.events)]).toEqual([["hello Ana"], ["hello Ben"]]);
  const lastOf = async (client: Client, id: string | undefined): Promise<unknown> =>
    (await client.conversations.history(id ?? "")).flatMap((entry) =>
      entry.kind === "text" && entry.isOwn ? [entry.state] : [],
    )[0];
  const states = (events: ClientEvent[]): string[] =>
    events.flatMap((event) => (event.kind === "messageState" ? [event.state] : []));
  await until("delivered", () => states(ben.events).includes("delivered"));
  await ana.client.conversations.markRead(forAna?.id ?? "");
  await until("read", () => states(ben.events).includes("read"));
  expect(states(ben.events)).toEqual(["atNode", "delivered", "read"]);
  expect(await lastOf(ben.client, forBen?.id)).toBe("read");
  const faults = [...ana.events, ...ben.events].filter(({ kind }) => kind === "fault");
  expect(faults).toEqual([]);
  const anaId = ana.client.account.snapshot().identityId;
  const benId = ben.client.account.snapshot().identityId;
  const digits = await ana.client.verification.digits(benId);
  expect((await ben.client.verification.digits(anaId)).digits).toBe(digits.digits);
  await ana.client.verification.startShortCode(benId);
  await until("offered", () => ben.client.verification.shortCode(anaId)?.state === "offered");
  await ben.client.verification.acceptShortCode(anaId);
  await until("compare", () =>
    [ana.client.verification.shortCode(benId), ben.client.verification.shortCode(anaId)].every((run) => run?.state === "compare"),
  );
  expect(ana.client.verification.shortCode(benId)?.code).toBe(ben.client.verification.shortCode(anaId)?.code);
  await ana.client.verification.confirmShortCode(benId, true);
  await ben.client.verification.confirmShortCode(anaId, true);
  await until("verified", () =>
    [ana.client.contacts.get(benId), ben.client.contacts.get(anaId)].every((contact) => contact?.trust.kind === "verified"),
  );
  await ana.client.close();
  await ben.client.close();
});
