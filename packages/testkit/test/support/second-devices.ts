// Second devices of people in a crowd: linked by a code or made from a backup, dying and coming back, and removed.
import type { Client, ConversationSnapshot } from "@p2pcrypt/client";
import type { Person, World } from "../../src/index.ts";
import { NODE } from "./cast.ts";
import { groupOf, historyOf } from "./crowd-views.ts";

/** Longer than a code is good for. */
const LINKING_MS = 240_000;
const LINKING_STEP_MS = 500;

/** `isRemoved` is undefined when its owner died while removing it. */
interface SecondDevice {
  readonly person: Person;
  isRemoved: boolean | undefined;
}

export interface DeviceTally {
  /** Second devices that came from a backup, those that were linked, and those of both that were removed again. */
  restored: number;
  linked: number;
  removed: number;
}

/** Of a process that may die in the middle. */
type Ask = <Result>(
  person: Person,
  act: (client: Client, group: ConversationSnapshot) => Promise<Result>,
) => Promise<Result | undefined>;

export class SecondDevices {
  readonly #world: World;
  readonly #tally: DeviceTally;
  readonly #ask: Ask;
  /** By owner. */
  readonly #devices = new Map<Person, SecondDevice>();

  constructor(world: World, tally: DeviceTally, ask: Ask) {
    this.#world = world;
    this.#tally = tally;
    this.#ask = ask;
  }

  all(): readonly Person[] {
    return [...this.#devices.values()].map(({ person }) => person);
  }

  /** Those of members that were not removed. */
  kept(): readonly Person[] {
    return [...this.#devices].flatMap(([owner, { person, isRemoved }]) =>
      isRemoved === false && groupOf(owner)?.state === "active" ? [person] : [],
    );
  }

  /** One that was kept is with the others again and saw what was said last; one that was removed did not. @throws when it is not so */
  async judge(members: readonly Person[], last: readonly string[]): Promise<void> {
    for (const [owner, { person, isRemoved }] of this.#devices) {
      if (isRemoved === undefined || !members.includes(owner)) continue;
      const texts = (await historyOf(person)).flatMap((entry) => (entry.kind === "text" ? [entry.text] : []));
      const doubled = texts.find((text, at) => texts.indexOf(text) !== at);
      if (doubled !== undefined) throw new Error(`${person.name} is shown twice: ${doubled}`);
      const wrong = last.find((text) => texts.includes(text) === isRemoved);
      if (wrong !== undefined) throw new Error(`${person.name} ${isRemoved ? "was removed and sees" : "never sees"}: ${wrong}`);
      await person.client?.close();
    }
  }

  /** Somebody takes a second device, from a backup or by a code, or that device dies, comes back, or is removed. */
  async change(owner: Person): Promise<void> {
    const world = this.#world;
    const device = this.#devices.get(owner);
    if (device === undefined) return world.dice(2) === 0 ? this.#restore(owner) : this.#link(owner);
    if (device.isRemoved !== false) return;
    if (world.dice(3) > 0) {
      if (world.isAlive(device.person)) world.kill(device.person);
      else await world.revive(device.person);
      return;
    }
    const deviceId = device.person.client?.account.snapshot().deviceId;
    if (deviceId === undefined) return;
    device.isRemoved = undefined;
    const isDone = await this.#ask(owner, async ({ account }) => {
      await account.revokeDevice(deviceId);
      return true;
    });
    if (isDone === true) {
      device.isRemoved = true;
      this.#tally.removed += 1;
    } else if (world.isAlive(owner)) device.isRemoved = false;
  }

  async #restore(owner: Person): Promise<void> {
    const backup = await this.#ask(owner, async ({ account }, { state }) =>
      state === "active" ? account.exportBackup("pass", { withMessages: true }) : undefined,
    );
    if (backup === undefined) return;
    const person = await this.#world.imported(`${owner.name}t`, backup, "pass");
    this.#devices.set(owner, { person, isRemoved: false });
    this.#tally.restored += 1;
  }

  /** As two people would who hold both devices: the digits are compared as soon as they are there. */
  async #link(owner: Person): Promise<void> {
    const world = this.#world;
    const [form, isKeeper] = [world.dice(2) === 0 ? "link" : "typed", world.dice(2) === 0] as const;
    const shown = this.#ask(owner, async ({ devices }, { state }) =>
      state === "active" ? (await devices.startLinking(form, { isKeeper, history: "none" })).code : undefined,
    );
    const code = (await this.#inTime(owner, shown))?.is;
    if (code === undefined) return;
    const { person, linked, cancel } = await world.linking(`${owner.name}t`, code, NODE);
    const isLinked = (await this.#inTime(owner, linked))?.is;
    if (isLinked === undefined) cancel();
    if (isLinked !== true) return world.kill(person);
    this.#devices.set(owner, { person, isRemoved: false });
    this.#tally.linked += 1;
  }

  /** What something came to that takes time, with the owner's part in it done; undefined when it came to nothing. */
  async #inTime<Result>(owner: Person, doing: Promise<Result>): Promise<{ readonly is: Result } | undefined> {
    const world = this.#world;
    let done: { readonly is: Result } | undefined;
    void doing.then((is) => {
      done = { is };
    });
    for (let waited = 0; waited < LINKING_MS && done === undefined && world.isAlive(owner); waited += LINKING_STEP_MS) {
      await world.pass(LINKING_STEP_MS);
      if (owner.client?.devices.linking()?.state === "compare")
        await this.#ask(owner, ({ devices }) => devices.confirmLinking(true));
    }
    return done;
  }
}
