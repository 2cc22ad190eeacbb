// A member who does not keep to the rules, made from our own client: it knows everything that its client knows (tokens, keys, the MLS
// state), and writes into the conversation's stream and into inboxes what no client would.
import { adminAppendBytes, type RequestOf, toStreamId } from "@p2pcrypt/api";
import { concatBytes, encodeUtf8 } from "@p2pcrypt/bytes";
import { Session, type SessionDeps } from "@p2pcrypt/session";
import { Vault } from "@p2pcrypt/vault";
import type { GroupRow } from "../../../client/src/store/group-rows.ts";
import type { ThreadRow } from "../../../client/src/store/rows.ts";
import { decodeStored } from "../../../client/src/store/stored-json.ts";
import { type Forgery, forge, forgeMessage } from "../../../session/test/support/forge.ts";
import type { Person, World } from "../../src/index.ts";

const VAULT_KEY = { kind: "key", key: new Uint8Array(32).fill(7) } as const;
const VAULT_DEPS = { random: (length: number) => new Uint8Array(length), deriveKey: async () => new Uint8Array(32) };

interface Insight {
  readonly group: GroupRow;
  readonly session: Session;
}

export class MaliciousMember {
  readonly #world: World;
  readonly #person: Person;
  readonly #deps: SessionDeps;
  readonly #nodeUrl: string;
  readonly #tally: { evilRecords: number };
  #written = 0;

  constructor(world: World, person: Person, nodeUrl: string, tally: { evilRecords: number }) {
    this.#world = world;
    this.#tally = tally;
    this.#person = person;
    this.#deps = world.sessionDeps("malicious member");
    this.#nodeUrl = nodeUrl;
  }

  /** One deed of many, as the seed says. What a node refuses was tried. */
  async act(conversationId: string): Promise<void> {
    const insight = await this.#look(conversationId);
    if (insight === undefined) return;
    const { session } = insight;
    const by = { session, deps: this.#deps };
    const tick = { tick: () => this.#world.time.nowMs() };
    const noise = this.#world.random(700);
    const commit = async (forgery: Forgery): Promise<void> => this.#handshake(insight, (await forge(by, tick, forgery)).record);
    switch (this.#world.dice(9)) {
      case 0:
        return this.#application(insight, withNoise(await forgeMessage(by, noise), noise));
      case 1:
        return this.#replay(insight);
      case 2:
        return commit({ authenticatedData: noise });
      case 3:
        return commit({ proposals: [{ proposalType: "group_context_extensions", groupContextExtensions: { extensions: [] } }] });
      case 4:
        return this.#handshake(insight, withNoise((await forge(by, tick, {})).record, noise));
      case 5:
        return this.#application(insight, await forgeMessage(by, concatBytes(encodeUtf8("not a frame"), noise)));
      case 6:
        return this.#application(insight, await forgeMessage(by, noise, { generation: 2 ** 31 }));
      case 7:
        // Sealed with the ratchet of somebody else, which every member can follow, and signed with the own key.
        return this.#application(insight, await forgeMessage(by, noise, { leaf: otherLeaf(session) }));
      case 8:
        for (let n = 0; n < 20; n++) await this.#application(insight, withNoise(await forgeMessage(by, noise), noise));
    }
  }

  /** Everything that the member's own vault holds about a conversation. */
  async #look(conversationId: string): Promise<Insight | undefined> {
    const vault = await Vault.open(this.#person.disk, VAULT_DEPS, VAULT_KEY);
    const row = async <Row>(table: string, name: string): Promise<Row | undefined> => {
      const bytes = await vault.get(table, name);
      return bytes === undefined ? undefined : decodeStored<Row>(bytes);
    };
    const { groupId = "" } = (await row<ThreadRow>("threads", conversationId)) ?? {};
    const group = await row<GroupRow>("groups", groupId);
    const [state, ratchet] = [await vault.get("session/group", groupId), await vault.get("session/ratchet", groupId)];
    if (group?.state !== "active" || state === undefined || ratchet === undefined) return undefined;
    return { group, session: Session.decode(this.#deps, { group: state, ratchet }) };
  }

  async #replay(insight: Insight): Promise<void> {
    const { stream, tokens } = placeOf(insight.group);
    const reading = this.#transport.call(this.#nodeUrl, "stream.read", { stream, after: 0 }, tokens.readToken);
    const { records } = await reading.catch(() => ({ records: [] }));
    const old = records[this.#world.dice(records.length)];
    if (old?.kind === "handshake") await this.#handshake(insight, old.record);
    else if (old !== undefined) await this.#application(insight, old.record);
  }

  async #application({ group, session }: Insight, record: Uint8Array): Promise<void> {
    const { stream, tokens } = placeOf(group);
    const append = { stream, kind: "application", record, idempotencyKey: this.#key(), ifHandshake: session.positions } as const;
    await this.#append(append, tokens.writeToken);
  }

  async #handshake({ group, session }: Insight, record: Uint8Array): Promise<void> {
    const { stream, tokens } = placeOf(group);
    const position = session.positions + 1;
    const { crypto } = this.#deps;
    const [key, signature] = [
      await crypto.signaturePublicKey(group.adminSecretKey),
      await crypto.sign(group.adminSecretKey, adminAppendBytes({ node: group.place.nodeId, stream }, { position, record })),
    ];
    const isAdmin = this.#world.dice(2) === 0;
    const lane = isAdmin ? { admin: { key, signature } } : {};
    const append = { stream, kind: "handshake", record, idempotencyKey: this.#key(), position, ...lane } as const;
    await this.#append(append, tokens.writeToken);
  }

  async #append(request: RequestOf<"stream.append">, token: Uint8Array): Promise<void> {
    // A refusal, or a node that is away: then nothing came of it.
    const answer = await this.#transport.call(this.#nodeUrl, "stream.append", request, token).catch(() => undefined);
    if (answer !== undefined) this.#tally.evilRecords += 1;
  }

  get #transport() {
    return this.#world.network.transport("malicious member");
  }

  #key(): Uint8Array {
    this.#written += 1;
    const key = new Uint8Array(16).fill(0xee);
    new DataView(key.buffer).setUint32(0, this.#written);
    return key;
  }
}

function placeOf({ place, tokens }: GroupRow) {
  return { stream: toStreamId(place.stream), tokens };
}

function otherLeaf(session: Session): number {
  return session.roster.find(({ leaf }) => leaf !== session.self.leaf)?.leaf ?? 0;
}

/** The head of a record, and noise for its ciphertext. */
function withNoise(record: Uint8Array, noise: Uint8Array): Uint8Array {
  const changed = record.slice();
  changed.set(noise.subarray(0, Math.min(200, changed.length - 200)), changed.length - 200);
  return changed;
}
