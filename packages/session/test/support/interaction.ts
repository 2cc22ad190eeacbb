// Three members whose programs are called in any order, over a log that is spoiled in every way: what must hold in spite of it.
import type { RandomBytes } from "@p2pcrypt/bytes";
import type { SessionDeps } from "../../src/session.ts";
import { Conversation, type End } from "./conversation.ts";
import { Person } from "./people.ts";

export interface InteractionTally {
  said: number;
  commits: number;
  spoiled: number;
}

/** @throws naming the step when something shown was not said, was shown twice, or members disagree. */
export async function interact(deps: SessionDeps, random: RandomBytes, steps: number): Promise<InteractionTally> {
  const conversation = await Conversation.found(deps, new Person("ana"));
  const founder = conversation.end("ana");
  for (const name of ["ben", "carol"]) await conversation.addPerson(founder, deps, new Person(name));
  const interaction = new Interaction(conversation, random);
  for (let step = 0; step < steps; step++) {
    try {
      await interaction.step();
      if (step % 64 === 0) interaction.agree();
    } catch (error) {
      throw new Error(`step ${step}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
  }
  interaction.agree();
  return interaction.tally;
}

class Interaction {
  readonly tally: InteractionTally = { said: 0, commits: 0, spoiled: 0 };
  readonly #conversation: Conversation;
  readonly #random: RandomBytes;
  /** The newest application records, for those who send them again. */
  #earlier: Uint8Array[] = [];

  constructor(conversation: Conversation, random: RandomBytes) {
    this.#conversation = conversation;
    this.#random = random;
  }

  async step(): Promise<void> {
    const by = this.#end();
    switch (this.#dice(12)) {
      case 0:
        return this.#commit(by);
      case 1:
        return this.#race();
      case 2:
        // A position that holds what nobody can follow.
        return this.#skippedByAll(this.#random(1 + this.#dice(200)));
      case 3:
        return by.restart();
      case 4:
        for (const record of this.#earlier.slice(-this.#dice(6))) await this.#openedByNobody(record);
        return;
      default:
        return this.#say(by);
    }
  }

  agree(): void {
    const digits = new Set(this.#ends.map(({ session }) => `${session.epoch} ${session.conversationCode().digits}`));
    if (digits.size !== 1) throw new Error("members see different histories");
    for (const { name, shown } of this.#ends) {
      if (new Set(shown).size !== shown.length) throw new Error(`${name} is shown something twice`);
      const invented = shown.find((line) => !/^(\w+): \1 \d+$/.test(line));
      if (invented !== undefined) throw new Error(`${name} is shown what nobody said: ${invented}`);
      shown.length = 0;
    }
  }

  async #say(by: End): Promise<void> {
    if (by.session.needsUpdate) await this.#commit(by);
    this.tally.said += 1;
    const text = `${by.name} ${this.tally.said}`;
    const record = await by.seal(text);
    // Spoiled first, so that the true one has to open behind it.
    if (this.#dice(2) === 0) await this.#openedByNobody(this.#spoiled(record));
    const order = this.#dice(2) === 0 ? this.#ends : [...this.#ends].reverse();
    for (const end of order) {
      const { kind } = await end.open(record);
      if (kind !== (end === by ? "ownEcho" : "opened")) throw new Error(`${end.name} does not read ${text}: ${kind}`);
    }
    this.#earlier = [...this.#earlier.slice(-8), record];
  }

  async #openedByNobody(record: Uint8Array): Promise<void> {
    for (const end of this.#ends) {
      const before = end.shown.length;
      const { kind } = await end.open(record);
      if (kind === "opened" || end.shown.length !== before) throw new Error(`${end.name} opened what it should not`);
    }
  }

  async #commit(by: End): Promise<void> {
    const { record } = await by.commit({ kind: "update" }, this.#conversation.tick());
    if (this.#dice(2) === 0) await this.#skippedByAll(this.#spoiled(record));
    // Its author commits anew when a position was lost under it.
    const again = by.session.pendingRecord ?? (await by.commit({ kind: "update" }, this.#conversation.tick())).record;
    for (const { kind } of await this.#conversation.post(again)) if (kind !== "applied") throw new Error(`a commit is ${kind}`);
    this.tally.commits += 1;
    this.#earlier = [];
  }

  async #race(): Promise<void> {
    const made: Uint8Array[] = [];
    for (const end of this.#ends) made.push((await end.commit({ kind: "update" }, this.#conversation.tick())).record);
    for (const [at, record] of made.entries()) {
      const kinds = new Set((await this.#conversation.post(record)).map(({ kind }) => kind));
      if (kinds.size !== 1 || !kinds.has(at === 0 ? "applied" : "skipped")) throw new Error(`place ${at}: ${[...kinds].join()}`);
    }
    this.tally.commits += 1;
    this.#earlier = [];
  }

  async #skippedByAll(record: Uint8Array): Promise<void> {
    for (const { kind } of await this.#conversation.post(record)) if (kind !== "skipped") throw new Error(`junk is ${kind}`);
  }

  #spoiled(record: Uint8Array): Uint8Array {
    this.tally.spoiled += 1;
    const bytes = record.slice(0, this.#dice(8) === 0 ? this.#dice(record.length) : record.length);
    const at = this.#dice(Math.max(1, bytes.length));
    if (bytes.length === record.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << this.#dice(8));
    return bytes;
  }

  get #ends(): readonly End[] {
    return this.#conversation.ends;
  }

  #end(): End {
    const end = this.#ends[this.#dice(this.#ends.length)];
    if (end === undefined) throw new RangeError("nobody");
    return end;
  }

  #dice(limit: number): number {
    const [a = 0, b = 0, c = 0] = this.#random(3);
    return Math.floor(((a * 65_536 + b * 256 + c) / 16_777_216) * limit);
  }
}
