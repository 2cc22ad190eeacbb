// Runs a compiled regular expression over a text in time proportional to program times text: all states at once (Thompson), never
// backwards. Answers whether it matches anywhere.
import type { Instruction } from "./regex-parser.ts";

export function matches(program: readonly Instruction[], text: string): boolean {
  const characters = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  let states = new States(program);
  let next = new States(program);
  for (let at = 0; at <= characters.length; at++) {
    const isEnd = at === characters.length;
    // A match may begin anywhere, so the beginning is a state at every place.
    if (states.add(0, at === 0, isEnd)) return true;
    const character = characters[at];
    if (character === undefined) return false;
    for (const state of states.list) {
      const instruction = program[state];
      if (instruction?.op !== "set" || !isMember(instruction, character)) continue;
      if (next.add(state + 1, false, at + 1 === characters.length)) return true;
    }
    [states, next] = [next, states];
    next.clear();
  }
  return false;
}

function isMember({ isNegated, ranges }: Extract<Instruction, { op: "set" }>, character: number): boolean {
  return ranges.some(([first, last]) => first <= character && character <= last) !== isNegated;
}

/** Places in the program that are reached without another character. */
class States {
  readonly list: number[] = [];
  readonly #program: readonly Instruction[];
  readonly #seen: Uint8Array;

  constructor(program: readonly Instruction[]) {
    this.#program = program;
    this.#seen = new Uint8Array(program.length + 1);
  }

  /** @returns whether the end of the program is among them. */
  add(state: number, isStart: boolean, isEnd: boolean): boolean {
    const pending = [state];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (this.#seen[at] === 1) continue;
      this.#seen[at] = 1;
      const instruction = this.#program[at];
      if (instruction === undefined || instruction.op === "match") return true;
      if (instruction.op === "set") this.list.push(at);
      else if (instruction.op === "split") pending.push(instruction.second, instruction.first);
      else if (instruction.op === "start" ? isStart : isEnd) pending.push(at + 1);
    }
    return false;
  }

  clear(): void {
    this.list.length = 0;
    this.#seen.fill(0);
  }
}
