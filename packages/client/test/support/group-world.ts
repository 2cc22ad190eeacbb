// People in a group, what they see of it, and one of them who does not keep to the rules.
import { adminAppendBytes, type RequestOf, type ResponseOf, toStreamId } from "@p2pcrypt/api";
import { equalBytes } from "@p2pcrypt/bytes";
import { type ConversationEvent, type ConversationSnapshot, openPgpIdentity } from "@p2pcrypt/client";
import { createXWingCrypto, Session } from "@p2pcrypt/session";
import { seededRandom } from "@p2pcrypt/testkit";
import { Vault } from "@p2pcrypt/vault";
import { cipherSuiteOf } from "../../../session/src/mls/cipher-suite.ts";
import { type Forgery, forge, stateOf } from "../../../session/test/support/forge.ts";
import type { GroupRow } from "../../src/store/group-rows.ts";
import type { ThreadRow } from "../../src/store/rows.ts";
import { decodeStored } from "../../src/store/stored-json.ts";
import { idOf, NODE_URL, type Person, type World } from "./world.ts";

const KEY = { kind: "key", key: new Uint8Array(32).fill(7) } as const;

export function groupOf({ client }: Person): ConversationSnapshot | undefined {
  return client.conversations.list().find(({ kind }) => kind === "group");
}

export function groupIdOf(person: Person): string {
  return groupOf(person)?.id ?? "";
}

export async function sayIn(person: Person, text: string): Promise<void> {
  await person.client.conversations.send(groupIdOf(person), text);
}

/** What the group's history tells, in order. */
export async function told(person: Person): Promise<readonly ConversationEvent[]> {
  const entries = await person.client.conversations.history(groupIdOf(person), { limit: 200 });
  return entries.flatMap((entry) => (entry.kind === "event" ? [entry.event] : [])).reverse();
}

/** Members by name; a star for those who administer. */
export function namesIn(person: Person): readonly string[] {
  return (groupOf(person)?.members ?? []).map(({ name, isAdmin }) => `${name}${isAdmin ? "*" : ""}`).sort();
}

/** The first talks with everybody else, who do not know each other, and founds a group of all. */
export async function founded(world: World, ana: Person, ...others: readonly Person[]): Promise<void> {
  for (const other of others) await world.acquainted(other, ana);
  await ana.client.groups.create("Garden", others.map(idOf));
  const everybody = [ana, ...others];
  const isIn = (one: Person): boolean => groupOf(one)?.members.length === everybody.length;
  await world.until("everybody is in the group", () => everybody.every(isIn));
}

/** Everything that a member's vault holds, used beside the client: the client itself should be closed. */
export class Insider {
  readonly group: GroupRow;
  readonly session: Session;
  readonly #world: World;
  readonly #deps = { crypto: createXWingCrypto(seededRandom("insider")), verifyCredential: openPgpIdentity.verifyCredential };
  #written = 0;

  private constructor(world: World, group: GroupRow, parts: { group: Uint8Array; ratchet: Uint8Array }) {
    this.#world = world;
    this.group = group;
    this.session = Session.decode(this.#deps, parts);
  }

  static async of(world: World, person: Person, id: string): Promise<Insider> {
    const deps = { random: (length: number) => new Uint8Array(length), deriveKey: async () => new Uint8Array(32) };
    const vault = await Vault.open(person.disk, deps, KEY);
    const read = async (store: string, name: string): Promise<Uint8Array> => {
      const bytes = await vault.get(store, name);
      if (bytes === undefined) throw new RangeError(`${store} ${name}`);
      return bytes;
    };
    const { groupId = "" } = decodeStored<ThreadRow>(await read("threads", id));
    const parts = { group: await read("session/group", groupId), ratchet: await read("session/ratchet", groupId) };
    return new Insider(world, decodeStored<GroupRow>(await read("groups", groupId)), parts);
  }

  /** A commit that the session would not make. */
  async forge(forgery: Forgery): Promise<Uint8Array> {
    const by = { session: this.session, deps: this.#deps };
    return (await forge(by, { tick: () => this.#world.time.nowMs() }, forgery)).record;
  }

  /** New keys for the own leaf, with a path secret that leads the device at `victim` elsewhere. */
  async forgeGarbagePath(victim: number, forgery: Forgery = {}): Promise<Uint8Array> {
    const suite = cipherSuiteOf(this.#deps.crypto);
    const node = stateOf(this.session).mls.ratchetTree[victim * 2];
    const victimKey = node?.nodeType === "leaf" ? node.leaf.hpkePublicKey : new Uint8Array(0);
    const seal: typeof suite.hpke.seal = async (publicKey, plaintext, context, associated) => {
      const isVictim = equalBytes(await suite.hpke.exportPublicKey(publicKey), victimKey);
      return suite.hpke.seal(publicKey, isVictim ? plaintext.map((byte) => byte ^ 0x55) : plaintext, context, associated);
    };
    return this.forge({ ...forgery, suite: { ...suite, hpke: { ...suite.hpke, seal } } });
  }

  /** As a member would; `asAdmin` with the key that the leaf carries. @returns the node's answer, or the code of its refusal. */
  async handshake(
    record: Uint8Array,
    { position = this.session.positions + 1, asAdmin = false } = {},
  ): Promise<ResponseOf<"stream.append"> | string> {
    const { place, tokens, adminSecretKey } = this.group;
    const stream = toStreamId(place.stream);
    const { crypto } = this.#deps;
    const admin = asAdmin
      ? {
          admin: {
            key: await crypto.signaturePublicKey(adminSecretKey),
            signature: await crypto.sign(adminSecretKey, adminAppendBytes({ node: place.nodeId, stream }, { position, record })),
          },
        }
      : {};
    return this.append({ stream, kind: "handshake", record, idempotencyKey: this.#key(), position, ...admin }, tokens.writeToken);
  }

  async append(request: RequestOf<"stream.append">, token: Uint8Array): Promise<ResponseOf<"stream.append"> | string> {
    return this.#world.network
      .transport("insider")
      .call(NODE_URL, "stream.append", request, token)
      .catch((error: Error & { readonly code?: string }) => error.code ?? error.message);
  }

  /** What the member's tokens still read behind a record. */
  async read(after: number): Promise<ResponseOf<"stream.read"> | string> {
    const { place, tokens } = this.group;
    return this.#world.network
      .transport("insider")
      .call(NODE_URL, "stream.read", { stream: toStreamId(place.stream), after }, tokens.readToken)
      .catch((error: Error & { readonly code?: string }) => error.code ?? error.message);
  }

  #key(): Uint8Array {
    this.#written += 1;
    const key = new Uint8Array(16).fill(0xee);
    new DataView(key.buffer).setUint32(0, this.#written);
    return key;
  }
}
