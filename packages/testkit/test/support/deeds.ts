// What happens in a world from one moment to the next: people talk, and everything fails in between, as the seed says.
import type { Client } from "@p2pcrypt/client";
import type { Person } from "../../src/index.ts";
import { assertRightlyStopped, between, type Cast, isStopped, NODE, orDeath, remember } from "./cast.ts";
import { liesOf } from "./lies.ts";
import type { MaliciousMember } from "./malicious-member.ts";

/** Any two clocks stay within the five minutes that devices and nodes grant each other. */
const CLOCK_OFF_MS = 140_000;
/** What nobody grants anybody: things wait until the clock is right again, and go on then. */
const FAR_OFF_MS = 3 * 86_400_000;

/** Of what is in the log: what waits to be sent is in no backup. */
async function textsOf({ client }: Person, id = ""): Promise<readonly string[]> {
  const entries = (await client?.conversations.history(id, { limit: 1_000 })) ?? [];
  return entries.flatMap((entry) => (entry.kind === "text" && entry.number !== undefined ? [entry.text] : []));
}

export class Deeds {
  readonly #cast: Cast;
  readonly #evil: MaliciousMember | undefined;
  #attempts = 0;

  constructor(cast: Cast, evil: MaliciousMember | undefined) {
    this.#cast = cast;
    this.#evil = evil;
  }

  async happen(): Promise<void> {
    const { world, scene, ana, ben, mallory, tablet } = this.#cast;
    const person = [ana, ben, tablet, mallory].filter((one) => one !== undefined)[world.dice(tablet || mallory ? 3 : 2)] ?? ana;
    switch (world.dice(22)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
      case 5:
        return this.speak(person, person === ana ? ben : ana);
      case 6:
        if (mallory !== undefined) return this.speak(ana, mallory);
        return;
      case 7:
      case 8:
        world.network.weather = {
          loss: world.dice(12),
          delayMs: world.dice(3_000),
          doubled: world.dice(40),
          overtaken: world.dice(40),
        };
        return;
      case 9:
        if (world.nodes.isUp(NODE)) world.nodes.kill(NODE);
        else world.nodes.start(NODE);
        return;
      case 10: {
        const node = world.nodes.process(NODE);
        if (node !== undefined) node.life.death = this.#death(8);
        return;
      }
      case 11:
      case 12:
        person.life.death = this.#death(15);
        person.life.onDeath(() => {
          this.#cast.tally.deaths += 1;
        });
        return;
      case 13:
        return world.kill(person);
      case 14:
      case 15:
        return this.revive(person);
      case 16: {
        const conversation = between(person, person === ana ? ben : ana);
        if (conversation !== undefined) await this.#ask(person, ({ conversations }) => conversations.markRead(conversation.id));
        return;
      }
      case 17:
        (world.dice(3) === 0 ? world.nodes.clock(NODE) : person.clock).offMs = this.#clockOff();
        return;
      case 18:
        person.mortalDisk.isFull = !person.mortalDisk.isFull;
        if (!person.mortalDisk.isFull) return;
        this.#cast.wereFull.add(person);
        this.#cast.tally.fullDisks += 1;
        return;
      case 19: {
        const node = world.nodes.process(NODE);
        if (node !== undefined) node.store.isFull = !node.store.isFull;
        return;
      }
      case 20:
        if (scene.isLying) this.lieOrNot();
        else await this.#ask(person, ({ account }) => account.updateSettings({ sendsReceipts: world.dice(2) === 0 }));
        return;
      case 21: {
        if (scene.hasTablet && tablet === undefined) return this.#takeTablet();
        const conversation = mallory === undefined ? undefined : between(mallory, ana);
        // Goes on while time passes: what it writes takes its way like everything.
        if (conversation !== undefined)
          this.#evil?.act(conversation.id).catch((error: unknown) => world.nodes.faults.push(String(error)));
      }
    }
  }

  lieOrNot(): void {
    const { world, tally } = this.#cast;
    world.nodes.corrupt(NODE, world.nodes.isCorrupt(NODE) ? undefined : liesOf(world, NODE, tally));
  }

  async speak(person: Person, to: Person): Promise<void> {
    this.#attempts += 1;
    const text = `canary ${this.#attempts} ${person.name}`;
    const conversation = between(person, to);
    if (conversation?.state !== "active") return;
    const entry = await this.#ask(person, ({ conversations }) => conversations.send(conversation.id, text));
    if (entry === undefined) return;
    this.#cast.spoken.push({ by: person, to, text });
    this.#cast.tally.spoken += 1;
  }

  async revive(person: Person): Promise<void> {
    const { world } = this.#cast;
    if (world.isAlive(person) && !isStopped(person)) return;
    // What a malicious member does beside their client makes that client take itself for a copy, as it should.
    if (person !== this.#cast.mallory) assertRightlyStopped(this.#cast, person);
    person.events.length = 0;
    await world.revive(person);
  }

  /** The node is honest and has room, everybody lives and has the right time, the weather is fair. */
  async clear(): Promise<void> {
    const { world, ana, ben, tablet, mallory } = this.#cast;
    world.calm();
    world.nodes.corrupt(NODE, undefined);
    world.nodes.kill(NODE);
    world.nodes.clock(NODE).offMs = 0;
    world.nodes.start(NODE);
    for (const person of [ana, ben, tablet, mallory]) {
      if (person === undefined) continue;
      person.clock.offMs = 0;
      const isTroubled = person.mortalDisk.isFull || person.life.death !== undefined || isStopped(person);
      person.mortalDisk.isFull = false;
      if (isTroubled) world.kill(person);
      if (person !== mallory) await this.revive(person);
    }
  }

  async #takeTablet(): Promise<void> {
    const { world, ben } = this.#cast;
    const withMessages = world.dice(3) > 0;
    const had = withMessages ? await textsOf(ben, between(ben, this.#cast.ana)?.id) : [];
    const backup = await this.#ask(ben, ({ account }) => account.exportBackup("pass", { withMessages }));
    if (backup === undefined) return;
    this.#cast.tally.tablets += 1;
    if (had.length > 0) this.#cast.tally.restored += 1;
    this.#cast.tabletHas = had;
    this.#cast.tablet = await world.imported("tablet", backup, "pass");
    remember(this.#cast.tablet);
  }

  /** Ben removes his second device, and Ana says something that it is not to have. @returns what that was */
  async loseTablet(): Promise<string> {
    const { world, ana, ben, tablet, tally } = this.#cast;
    const deviceId = tablet?.client?.account.snapshot().deviceId ?? "";
    const isIn = (of: Person, other: Person): boolean =>
      (between(of, other)?.members ?? []).some(({ deviceIds }) => deviceIds.includes(deviceId));
    await this.#ask(ben, ({ account }) => account.revokeDevice(deviceId));
    await world.until("the device is out", () => !isIn(ana, ben) && !isIn(ben, ana));
    tally.removed += 1;
    await this.speak(ana, ben);
    return this.#cast.spoken.at(-1)?.text ?? "";
  }

  /**
   * Mostly as clocks are; now and then by days. Not where a device asks to be taken in: a letter that comes while its reader's clock
   * is days behind is dropped (spec/protocol/conversation.md section 2), and nobody writes it again.
   */
  #clockOff(): number {
    const { world, scene } = this.#cast;
    const mostMs = !scene.hasTablet && world.dice(5) === 0 ? FAR_OFF_MS : CLOCK_OFF_MS;
    return world.dice(2 * mostMs) - mostMs;
  }

  #death(within: number) {
    const { world } = this.#cast;
    return { afterCalls: world.dice(within), isDone: world.dice(2) === 0 };
  }

  /** What a client does not do for having no disk was not promised. @returns undefined when nothing was answered. */
  async #ask<Result>(person: Person, act: (client: Client) => Promise<Result>): Promise<Result | undefined> {
    if (person.client === undefined || !this.#cast.world.isAlive(person)) return undefined;
    try {
      return await orDeath(person, act(person.client));
    } catch (error) {
      if (this.#cast.wereFull.has(person) && isStopped(person)) return undefined;
      throw error;
    }
  }
}
