// Random histories: whatever members do in whatever order, those who are in agree on everything, and the roster is who is in.
import { encodeHex } from "@p2pcrypt/bytes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createXWingCrypto, type SessionDeps } from "../../src/index.ts";
import { Conversation, type End } from "../support/conversation.ts";
import { Person, structuralDeps, verifyCredential } from "../support/people.ts";
import { seededRandom } from "../support/structural-crypto.ts";

const STEPS = [
  "add",
  "addSeveral",
  "addDevice",
  "remove",
  "update",
  "administrators",
  "leave",
  "race",
  "overtaken",
  "say",
  "restart",
] as const;

interface Step {
  readonly op: (typeof STEPS)[number];
  /** Who acts, and on whom, counted among those it is possible for. */
  readonly who: number;
  readonly whom: number;
}

const history = (commits: number): fc.Arbitrary<Step[]> =>
  fc.array(fc.record({ op: fc.constantFrom(...STEPS), who: fc.nat(99), whom: fc.nat(99) }), {
    minLength: commits,
    maxLength: commits,
    size: "max",
  });

class World {
  readonly deps: SessionDeps;
  readonly conversation: Conversation;
  readonly #people = new Map<string, { person: Person; devices: number }>();

  private constructor(deps: SessionDeps, conversation: Conversation) {
    this.deps = deps;
    this.conversation = conversation;
  }

  static async found(deps: SessionDeps): Promise<World> {
    const founder = new Person("p0");
    const world = new World(deps, await Conversation.found(deps, founder));
    world.#people.set(founder.identityId, { person: founder, devices: 1 });
    return world;
  }

  get active(): End[] {
    return this.conversation.ends.filter(({ session }) => session.status === "active");
  }

  async run({ op, who, whom }: Step): Promise<void> {
    const actor = pick(this.active, who);
    const administrator = pick(
      this.active.filter(({ session }) => session.self.isAdministrator),
      who,
    );
    const others = actor.session.roster.filter(({ identityId }) => identityId !== actor.session.self.identityId);
    switch (op) {
      case "add":
        return this.#addPeople(administrator, 1);
      case "addSeveral":
        return this.#addPeople(administrator, 2 + (whom % 3));
      case "addDevice":
        return this.#addDevice(actor);
      case "remove": {
        const strangers = administrator.session.roster.filter(({ leaf }) => leaf !== administrator.session.self.leaf);
        if (strangers.length > 0) {
          await this.#commitAll(administrator, { kind: "remove", leaves: [pick(strangers, whom).leaf] });
        }
        return;
      }
      case "update":
        return this.#commitAll(actor, { kind: "update" });
      case "administrators": {
        const identities = [...new Set(administrator.session.roster.map(({ identityId }) => identityId))];
        const chosen = identities.filter((_, at) => ((whom >> (at % 5)) & 1) === 1);
        await this.#commitAll(administrator, { kind: "context", administrators: chosen.length > 0 ? chosen : identities });
        return;
      }
      case "leave":
        return this.#leave(actor, whom);
      case "race":
        return others.length === 0 ? undefined : this.#race(actor, pick(this.active, whom));
      case "overtaken":
        return this.#overtaken(actor);
      case "say":
        return this.#say(actor, `${who} ${whom}`);
      case "restart":
        return actor.restart();
    }
  }

  /** What must hold after every step. */
  agree(): void {
    const [first, ...rest] = this.active;
    if (first === undefined) throw new RangeError("nobody is left");
    const seen = viewOfGroup(first);
    for (const end of rest) expect(viewOfGroup(end)).toEqual(seen);
    const present = first.session.roster.map(({ deviceId }) => encodeHex(deviceId)).sort();
    expect(present).toEqual(this.active.map(({ device }) => encodeHex(device.deviceId)).sort());
    for (const end of this.active) expect(end.session.self.deviceId).toEqual(end.device.deviceId);
  }

  async #commitAll(by: End, change: Parameters<End["commit"]>[0]): Promise<void> {
    for (const outcome of await this.conversation.commit(by, change)) {
      expect(outcome.kind === "skipped" ? outcome.reason : outcome.kind).toMatch(/^(applied|removed)$/);
    }
  }

  async #addPeople(by: End, count: number): Promise<void> {
    if (by.session.roster.length + count > 12) return;
    const added: { name: string; device: End["device"] }[] = [];
    for (let n = 0; n < count; n++) {
      const person = new Person(`p${this.#people.size}`);
      this.#people.set(person.identityId, { person, devices: 1 });
      added.push({ name: person.name, device: await person.device(this.deps) });
    }
    await this.conversation.add(by, this.deps, added);
  }

  /** Not only administrators may: the device is of the same identity. */
  async #addDevice(by: End): Promise<void> {
    const known = this.#people.get(by.session.self.identityId);
    if (known === undefined || by.session.roster.length >= 12 || known.devices >= 4) return;
    known.devices += 1;
    const device = await known.person.device(this.deps, known.devices);
    await this.conversation.add(by, this.deps, [{ name: `${known.person.name}.${known.devices}`, device }]);
  }

  async #leave(leaver: End, whom: number): Promise<void> {
    const { self, roster } = leaver.session;
    const isOnlyLeaf = roster.filter(({ identityId }) => identityId === self.identityId).length === 1;
    if (roster.length === 1 || (self.isAdministrator && isOnlyLeaf)) return;
    await this.conversation.post(await leaver.requestLeave(this.conversation.tick()));
    // A leave request stops nobody from talking.
    await this.#say(leaver, "goodbye");
    const others = this.active.filter((end) => end !== leaver);
    await this.#commitAll(pick(others, whom), { kind: "acceptLeaves" });
    expect(leaver.session.status).toBe("removed");
  }

  /** Two commits at once: the first position wins, the other is nothing, and its author goes on. */
  async #race(one: End, two: End): Promise<void> {
    if (one === two) return;
    const first = await one.commit({ kind: "update" }, this.conversation.tick());
    const second = await two.commit({ kind: "update" }, this.conversation.tick());
    for (const outcome of await this.conversation.post(first.record)) expect(outcome.kind).toBe("applied");
    for (const outcome of await this.conversation.post(second.record)) expect(outcome).toMatchObject({ kind: "skipped" });
    expect(two.session.pendingRecord).toBeUndefined();
  }

  /** A pending commit survives a restart and a position that holds nothing. */
  async #overtaken(by: End): Promise<void> {
    const { record } = await by.commit({ kind: "update" }, this.conversation.tick());
    await by.restart();
    for (const outcome of await this.conversation.post(new Uint8Array(9))) expect(outcome.kind).toBe("skipped");
    for (const outcome of await this.conversation.post(record)) expect(outcome.kind).toBe("applied");
  }

  async #say(by: End, text: string): Promise<void> {
    const outcomes = await this.conversation.say(by, text);
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual([...Array(this.active.length - 1).fill("opened"), "ownEcho"]);
  }
}

function viewOfGroup({ session }: End) {
  const { epoch, positions, roster, administrators } = session;
  return {
    epoch,
    positions,
    administrators,
    head: encodeHex(session.handshakeHead),
    digits: session.conversationCode().digits,
    roster: roster.map(({ leaf, identityId, deviceId, isAdministrator }) => ({
      leaf,
      identityId,
      device: encodeHex(deviceId),
      isAdministrator,
    })),
  };
}

function pick<T>(from: readonly T[], at: number): T {
  const picked = from[at % from.length];
  if (picked === undefined) throw new RangeError("nobody to pick from");
  return picked;
}

async function play(deps: SessionDeps, steps: readonly Step[]): Promise<void> {
  const world = await World.found(deps);
  for (const step of steps) {
    await world.run(step);
    world.agree();
  }
}

describe("M4 M9 M21: random histories", () => {
  it("of thirty steps, structural: members agree after each", async () => {
    await fc.assert(
      fc.asyncProperty(history(30), (steps) => play(structuralDeps("history"), steps)),
      { numRuns: 30 },
    );
  });

  it("with the real suite: members agree after each", async () => {
    const crypto = createXWingCrypto(seededRandom("history"));
    await fc.assert(
      fc.asyncProperty(history(12), (steps) => play({ crypto, verifyCredential }, steps)),
      { numRuns: 2 },
    );
  });
});
