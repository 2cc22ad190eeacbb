// Who lives in a world, and what everybody said.
import type { ConversationSnapshot } from "@p2pcrypt/client";
import type { Person, World } from "../../src/index.ts";

export const NODE = "http://127.0.0.1:8787";

export interface Spoken {
  readonly by: Person;
  readonly to: Person;
  readonly text: string;
}

/** What kind of trouble this world has, besides that of every day. */
export interface Scene {
  /** The node lies for a while. */
  readonly isLying: boolean;
  /** The node shows two histories. */
  readonly isForking: boolean;
  /** One of Ana's contacts does not keep to the rules. */
  readonly hasMallory: boolean;
  /** Ben takes a second device. */
  readonly hasTablet: boolean;
}

/** What happened of what was to happen: a world without trouble proves nothing. */
export interface Tally {
  worlds: number;
  deaths: number;
  lies: number;
  /** Records of a malicious member that a node took. */
  evilRecords: number;
  fullDisks: number;
  forks: number;
  tablets: number;
  /** Of those, how many brought what was said before, and how many were removed again. */
  restored: number;
  removed: number;
  spoken: number;
}

export const NO_TALLY: Tally = {
  worlds: 0,
  deaths: 0,
  lies: 0,
  evilRecords: 0,
  fullDisks: 0,
  forks: 0,
  tablets: 0,
  restored: 0,
  removed: 0,
  spoken: 0,
};

export interface Cast {
  readonly world: World;
  readonly tally: Tally;
  readonly scene: Scene;
  readonly ana: Person;
  readonly ben: Person;
  readonly mallory: Person | undefined;
  /** Ben's second device, from when he takes it. */
  tablet: Person | undefined;
  /** What the backup had that it began with. */
  tabletHas: readonly string[];
  /** What a client took to send. What a process did not answer for before it died was not promised. */
  readonly spoken: Spoken[];
  /** Whose disk was full once. */
  readonly wereFull: Set<Person>;
}

export function sceneOf(world: World): Scene {
  const isForking = world.dice(12) === 0;
  const [isLying, hasMallory, hasTablet] = [world.dice(3) === 0, world.dice(4) === 0, world.dice(5) === 0];
  return isForking
    ? { isForking, isLying: false, hasMallory: false, hasTablet: false }
    : { isForking, isLying, hasMallory, hasTablet };
}

export function idOf(person: Person): string | undefined {
  return person.client?.account.snapshot().identityId;
}

/** The conversation of `person` with `other`; undefined while there is none, or no process. */
export function between(person: Person, other: Person): ConversationSnapshot | undefined {
  const id = idsOf.get(other);
  return person.client?.conversations.list().find(({ contactId }) => contactId === id);
}

/** Ids stay known while their owner is dead. */
const idsOf = new WeakMap<Person, string | undefined>();
export function remember(person: Person): void {
  idsOf.set(person, idOf(person));
}

/** A call of a process that may die in the middle: then nobody ever hears the answer. */
export async function orDeath<Result>({ life }: Person, call: Promise<Result> | undefined): Promise<Result | undefined> {
  if (life.isOver) return undefined;
  return Promise.race([call, new Promise<undefined>((resolve) => life.onDeath(() => resolve(undefined)))]);
}

export function isStopped({ events }: Person): boolean {
  return events.some(({ kind }) => kind === "stopped");
}

/** A client stops by itself only when its disk takes nothing more. */
export function assertRightlyStopped({ wereFull }: Cast, person: Person): void {
  const codes = person.events.flatMap((event) => (event.kind === "stopped" ? [event.code] : []));
  const wrong = codes.find((code) => code !== "client/vaultFailed" || !wereFull.has(person));
  if (wrong !== undefined) throw new Error(`${person.name} was stopped: ${wrong}`);
}
