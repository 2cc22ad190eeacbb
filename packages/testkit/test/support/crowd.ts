// A group of many in a world where everything fails: people come and go, roles change, and all of them talk meanwhile.
import type { Client, ConversationSnapshot } from "@p2pcrypt/client";
import { type Person, World, type WorldOptions } from "../../src/index.ts";
import { NODE, orDeath } from "./cast.ts";
import { groupOf, historyOf } from "./crowd-views.ts";
import { type DeviceTally, SecondDevices } from "./second-devices.ts";

const CLOCK_OFF_MS = 140_000;
const FOUNDER = 0;
/** What a person is told who wants something at the wrong time. */
const REFUSALS = ["group/", "conversation/closed", "client/closed", "node/unreachable", "node/refused", "linking/"];

export interface CrowdTally extends DeviceTally {
  spoken: number;
  changes: number;
  deaths: number;
  storms: number;
}

const idle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Lives through one history with `size` people. @throws naming the seed when something promised did not come true. */
export async function liveInCrowd(
  seed: string,
  options: {
    readonly size: number;
    readonly steps: number;
    readonly fidelity?: WorldOptions["fidelity"];
    /** People take second devices, from a backup or by a code, and remove them. */
    readonly hasDevices?: boolean;
  },
): Promise<CrowdTally> {
  const world = new World({ seed, idle, fidelity: options.fidelity ?? "structural" });
  const crowd = new Crowd(world);
  try {
    await crowd.gather(options.size);
    for (let step = 0; step < options.steps; step++) {
      if (options.hasDevices === true && world.dice(6) === 0) await crowd.changeDevices();
      else await crowd.happen();
      await world.pass(world.dice(4) === 0 ? world.dice(20_000) : world.dice(300));
    }
    await crowd.clear();
    await crowd.judge();
    return crowd.tally;
  } catch (error) {
    throw new Error(`seed ${seed}, ${options.size} people: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

export class Crowd {
  readonly world: World;
  readonly tally: CrowdTally = { spoken: 0, changes: 0, deaths: 0, storms: 0, restored: 0, linked: 0, removed: 0 };
  readonly people: Person[] = [];
  readonly #ids = new Map<Person, string>();
  readonly #spoken: { readonly by: Person; readonly text: string }[] = [];
  /** Who was out of the group at some time: they do not have everything. */
  readonly #away = new Set<Person>();
  readonly #left = new Set<Person>();
  readonly #devices: SecondDevices;
  /** Of what was spoken: once everybody was with the others again. */
  #lastFrom = 0;
  #words = 0;

  constructor(world: World) {
    this.world = world;
    this.#devices = new SecondDevices(world, this.tally, (person, act) => this.#ask(person, act));
  }

  async gather(size: number): Promise<void> {
    const { world } = this;
    world.nodes.start(NODE);
    world.nonces.canaries.push("canary");
    for (let n = 0; n < size; n++) this.people.push(await world.person(`p${n}`, NODE));
    const published = ({ client }: Person): boolean => client?.account.snapshot().isPublished === true;
    await world.until("published", () => this.people.every(published));
    for (const person of this.people) this.#ids.set(person, person.client?.account.snapshot().identityId ?? "");
    const founder = this.#at(FOUNDER);
    const others = this.people.slice(1);
    for (const other of others)
      await other.client?.contacts.add(founder.client?.account.snapshot().link ?? "", "canary greeting");
    const contacts = (): ReturnType<Client["contacts"]["list"]> => founder.client?.contacts.list() ?? [];
    await world.until("all asked", () => contacts().filter(({ state }) => state === "asking").length === others.length);
    for (const { identityId } of contacts()) await founder.client?.contacts.accept(identityId);
    const isTalking = ({ client }: Person): boolean => client?.conversations.list()[0]?.state === "active";
    await world.until("all talk", () => others.every(isTalking));
    await founder.client?.groups.create(
      "canary group",
      contacts().map(({ identityId }) => identityId),
    );
    await world.until("all are in", () => this.people.every((one) => groupOf(one)?.members.length === size));
  }

  async happen(): Promise<void> {
    const { world } = this;
    const person = this.#at(world.dice(this.people.length));
    switch (world.dice(18)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
      case 5:
        return this.speak(person);
      case 6:
        return this.#turnOver();
      case 7:
        return this.#changeRole();
      case 8:
        return this.#leave();
      case 9:
        return this.#storm();
      case 10:
      case 11:
        world.network.weather = {
          loss: world.dice(12),
          delayMs: world.dice(3_000),
          doubled: world.dice(40),
          overtaken: world.dice(40),
        };
        return;
      case 12:
        if (world.nodes.isUp(NODE)) world.nodes.kill(NODE);
        else world.nodes.start(NODE);
        return;
      case 13: {
        const node = world.nodes.process(NODE);
        if (node !== undefined) node.life.death = { afterCalls: world.dice(8), isDone: world.dice(2) === 0 };
        return;
      }
      case 14:
        person.life.death = { afterCalls: world.dice(15), isDone: world.dice(2) === 0 };
        person.life.onDeath(() => {
          this.tally.deaths += 1;
        });
        return;
      case 15:
        return world.kill(person);
      case 16:
        for (const one of this.people) if (!world.isAlive(one)) await this.#revive(one);
        return;
      case 17:
        person.clock.offMs = world.dice(2 * CLOCK_OFF_MS) - CLOCK_OFF_MS;
    }
  }

  async speak(by: Person): Promise<void> {
    this.#words += 1;
    const text = `canary ${this.#words} ${by.name}`;
    const entry = await this.#ask(by, async ({ conversations }, group) => {
      if (group.state === "active") return conversations.send(group.id, text);
    });
    if (entry === undefined) return;
    this.#spoken.push({ by, text });
    this.tally.spoken += 1;
  }

  async changeDevices(): Promise<void> {
    await this.#devices.change(this.#at(this.world.dice(this.people.length)));
  }

  /** The weather clears, everybody lives and has the right time, and what was asked for comes about. */
  async clear(): Promise<void> {
    const { world } = this;
    world.calm();
    world.nodes.kill(NODE);
    world.nodes.start(NODE);
    for (const person of [...this.people, ...this.#devices.all()]) {
      person.clock.offMs = 0;
      if (person.life.death !== undefined) world.kill(person);
      await this.#revive(person);
    }
    await this.settle();
    this.#lastFrom = this.#spoken.length;
    // One message of everybody who is in it, so that all are with the others again.
    for (const person of this.#members()) await this.speak(person);
    await this.settle();
  }

  async settle(): Promise<void> {
    const isDone = (one: Person): boolean => {
      const group = groupOf(one);
      if (group === undefined || group.state !== "active") return true;
      return group.queued === 0 && group.isCaughtUp && (group.pending ?? []).length === 0;
    };
    const isIn = (one: Person): boolean => groupOf(one)?.state === "active" && isDone(one);
    const areDone = (): boolean => this.people.every(isDone) && this.#devices.kept().every(isIn);
    await this.world.until("settled", areDone);
    await this.world.pass(200_000);
    await this.world.until("settled again", areDone);
  }

  async judge(): Promise<void> {
    const { world } = this;
    const members = this.#members();
    const views = members.map((one) => JSON.stringify(rosterOf(groupOf(one))));
    if (new Set(views).size !== 1) throw new Error(`members disagree on who is a member: ${[...new Set(views)].join(" / ")}`);
    if (new Set(members.map((one) => groupOf(one)?.code?.digits)).size !== 1) throw new Error("members see different histories");
    const listed = new Set(groupOf(this.#at(FOUNDER))?.members.map(({ identityId }) => String(identityId)));
    const present = new Set(members.map((one) => this.#ids.get(one)));
    if (listed.size !== present.size || [...listed].some((id) => !present.has(id))) throw new Error("a member who is not there");
    for (const person of this.people) await this.#judgePerson(person, members);
    const last = this.#spoken.slice(this.#lastFrom).map(({ text }) => text);
    await this.#devices.judge(members, last);
    if (world.nonces.leaks.length > 0) throw new Error(`plaintext travelled: ${world.nonces.leaks[0]}`);
    if (world.nonces.violations() > 0) throw new Error("a key and nonce were used twice");
    if (world.nodes.faults.length > 0) throw new Error(`the node failed: ${world.nodes.faults[0]}`);
    for (const { client } of this.people) await client?.close();
  }

  async #judgePerson(person: Person, members: readonly Person[]): Promise<void> {
    const { name } = person;
    const entries = await historyOf(person);
    const shown = entries.flatMap((entry) => (entry.kind === "text" ? [entry.text] : []));
    const doubled = shown.filter((text, at) => shown.indexOf(text) !== at);
    if (doubled.length > 0) throw new Error(`${name} is shown twice: ${doubled[0]}`);
    const invented = shown.filter((text) => !/^canary \d+ p\d+$/.test(text));
    if (invented.length > 0) throw new Error(`${name} is shown what nobody said: ${invented[0]}`);
    const misnamed = entries.find((entry) => entry.kind === "text" && !entry.text.endsWith(` ${entry.authorName}`));
    if (misnamed !== undefined) throw new Error(`${name} is shown a message under another name`);
    const bad = person.events.find((event) => event.kind === "stopped" || (event.kind === "fault" && event.code === "defect"));
    if (bad !== undefined) throw new Error(`${name}: ${JSON.stringify(bad)}`);
    const [warning] = groupOf(person)?.warnings ?? [];
    if (warning !== undefined) throw new Error(`${name} accuses an honest node: ${warning.kind}`);
    if (!members.includes(person) || this.#away.has(person)) return;
    const due = this.#spoken.filter(({ by }) => members.includes(by) && !this.#away.has(by));
    const missing = due.filter(({ text }) => !shown.includes(text));
    if (missing.length > 0) throw new Error(`${name} never sees: ${missing[0]?.text}`);
    const gap = entries.find(({ kind }) => kind === "missing");
    if (gap !== undefined) throw new Error(`${name} is told that something is missing: ${JSON.stringify(gap)}`);
  }

  /** The founder takes somebody out, or in again who is out. */
  async #turnOver(): Promise<void> {
    const person = this.#other();
    const identityId = this.#ids.get(person);
    await this.#change(async ({ groups, contacts }, { id, members }) => {
      const contact = contacts.list().find((one) => one.identityId === identityId);
      const isIn = members.some((member) => member.identityId === identityId);
      if (contact === undefined) return;
      if (!isIn && this.#left.has(person)) return; // who left is asked before they are in again
      this.#away.add(person);
      if (isIn) await groups.remove(id, contact.identityId);
      else await groups.add(id, [contact.identityId]);
    });
  }

  async #changeRole(): Promise<void> {
    const identityId = this.#ids.get(this.#other());
    await this.#change(async ({ groups }, { id, members }) => {
      const member = members.find((one) => one.identityId === identityId);
      if (member === undefined) return;
      if (member.isAdmin) await groups.demote(id, member.identityId);
      else await groups.promote(id, member.identityId);
    });
  }

  async #leave(): Promise<void> {
    const person = this.#other();
    await this.#ask(person, async ({ groups }, { id, state, members }) => {
      const stay = members.some(({ isSelf, isAdmin }) => isAdmin && !isSelf);
      if (state !== "active" || !stay) return;
      this.#away.add(person);
      this.#left.add(person);
      await groups.leave(id);
      this.tally.changes += 1;
    });
  }

  /** Everybody who administers calls the group something else, at the same time. */
  async #storm(): Promise<void> {
    this.tally.storms += 1;
    const admins = this.people.filter((one) => groupOf(one)?.state === "active" && groupOf(one)?.ownRole === "admin");
    await Promise.all(
      admins.map((one) => this.#ask(one, ({ groups }, { id }) => groups.rename(id, `canary ${this.tally.storms} ${one.name}`))),
    );
  }

  async #change(act: (client: Client, group: ConversationSnapshot) => Promise<void>): Promise<void> {
    await this.#ask(this.#at(FOUNDER), async (client, group) => {
      await act(client, group);
      this.tally.changes += 1;
    });
  }

  /** Of a process that may die in the middle. What an administrator may not any more, or not yet, is refused. */
  async #ask<Result>(
    person: Person,
    act: (client: Client, group: ConversationSnapshot) => Promise<Result>,
  ): Promise<Result | undefined> {
    const { client } = person;
    const group = groupOf(person);
    if (client === undefined || group === undefined || !this.world.isAlive(person)) return undefined;
    try {
      return await orDeath(person, act(client, group));
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "";
      if (REFUSALS.some((refusal) => code.startsWith(refusal))) return undefined;
      throw error;
    }
  }

  async #revive(person: Person): Promise<void> {
    if (this.world.isAlive(person)) return;
    await this.world.revive(person);
  }

  #members(): readonly Person[] {
    return this.people.filter((one) => groupOf(one)?.state === "active");
  }

  #other(): Person {
    return this.#at(1 + this.world.dice(this.people.length - 1));
  }

  #at(n: number): Person {
    const person = this.people[n];
    if (person === undefined) throw new RangeError(`person ${n}`);
    return person;
  }
}

function rosterOf(group: ConversationSnapshot | undefined): readonly unknown[] {
  const members = (group?.members ?? []).map(({ identityId, isAdmin, deviceIds }) => [
    identityId,
    isAdmin,
    [...deviceIds].sort(),
  ]);
  return [group?.name, ...members.sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1))];
}
