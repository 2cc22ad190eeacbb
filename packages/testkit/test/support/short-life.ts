// A short life of two people and a node in which one thing goes wrong at one chosen call through a port.
import { type Person, World } from "../../src/index.ts";
import { between, type Cast, isStopped, NO_TALLY, NODE, orDeath, remember } from "./cast.ts";
import { judge } from "./judge.ts";

/** What goes wrong, once it is told to, and how the world gets over it. */
export interface Trouble {
  begin(world: World, people: readonly Person[]): void;
  /** @returns whether it came to that. */
  end(world: World, people: readonly Person[]): Promise<boolean>;
}

const idle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export class ShortLife {
  readonly world = new World({ seed: "a short life", idle, fidelity: "structural" });
  readonly #trouble: Trouble;
  readonly #wereFull = new Set<Person>();

  constructor(trouble: Trouble) {
    this.#trouble = trouble;
  }

  async people(): Promise<readonly [Person, Person]> {
    this.world.nodes.start(NODE);
    this.world.nonces.canaries.push("canary");
    const [ana, ben] = [await this.world.person("ana", NODE), await this.world.person("ben", NODE)];
    await this.world.until("published", () => [ana, ben].every(({ client }) => client?.account.snapshot().isPublished === true));
    remember(ana);
    remember(ben);
    return [ana, ben];
  }

  begin(people: readonly Person[]): void {
    this.#trouble.begin(this.world, people);
  }

  /** What a client does not take for having no disk was not promised. */
  async ask<Result>(person: Person, call: Promise<Result> | undefined): Promise<Result | undefined> {
    try {
      return await orDeath(person, call);
    } catch (error) {
      if (!isStopped(person)) throw error;
      this.#wereFull.add(person);
      return undefined;
    }
  }

  /** Everybody lives again. @returns whether there was trouble. */
  async end(people: readonly Person[]): Promise<boolean> {
    const { world } = this;
    const wasThere = await this.#trouble.end(world, people);
    world.nodes.start(NODE);
    for (const person of people) {
      if (isStopped(person)) this.#wereFull.add(person);
      if (!world.isAlive(person) || isStopped(person)) await world.revive(person);
    }
    return wasThere;
  }

  async judge([ana, ben]: readonly [Person, Person], spoken: Cast["spoken"]): Promise<void> {
    const { world } = this;
    await world.until("settled", () =>
      [between(ana, ben), between(ben, ana)].every((one) => one?.state === "active" && one.queued === 0 && one.isCaughtUp),
    );
    await world.pass(30_000);
    const scene = { isLying: false, isForking: false, hasMallory: false, hasTablet: false };
    await judge({
      world,
      tally: { ...NO_TALLY },
      scene,
      ana,
      ben,
      mallory: undefined,
      tablet: undefined,
      tabletHas: [],
      spoken,
      wereFull: this.#wereFull,
    });
  }
}

/** The trouble at call after call, until a whole life goes by without it. @returns how many times there was some. */
export async function atEveryCall(
  troubleAt: (call: number) => Trouble,
  live: (life: ShortLife) => Promise<boolean>,
): Promise<number> {
  for (let call = 0; ; call++) {
    try {
      if (!(await live(new ShortLife(troubleAt(call))))) return call;
    } catch (error) {
      throw new Error(`at call ${call}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
  }
}

export async function twoMessages(life: ShortLife): Promise<boolean> {
  const people = await life.people();
  const [ana, ben] = people;
  await ben.client?.contacts.add(ana.client?.account.snapshot().link ?? "", "canary greeting");
  await accepted(life, ana, ben);
  life.begin(people);
  const spoken: Cast["spoken"] = [];
  for (const [by, to] of [people, [ben, ana]] as const) {
    const text = `canary ${spoken.length} ${by.name}`;
    const id = between(by, to)?.id ?? "";
    const entry = await life.ask(by, by.client?.conversations.send(id, text));
    if (entry !== undefined) spoken.push({ by, to, text });
    await life.world.pass(200);
    await life.ask(to, to.client?.conversations.markRead(between(to, by)?.id ?? ""));
  }
  await life.world.pass(8_000);
  const isDead = await life.end(people);
  await life.judge(people, spoken);
  return isDead;
}

async function accepted({ world }: ShortLife, ana: Person, ben: Person): Promise<void> {
  const asking = () => ana.client?.contacts.list().find(({ state }) => state === "asking");
  await world.until("asked", () => asking() !== undefined);
  const contact = asking();
  if (contact !== undefined) await orDeath(ana, ana.client?.contacts.accept(contact.identityId));
  await world.until("joined", () => between(ana, ben)?.state === "active" && between(ben, ana)?.state === "active");
}
