// The regular expressions of OpenPGP (RFC 4880 section 8): branches, pieces with * + ?, atoms, ranges. Compiled to a program of
// instructions for `regex-machine`. Any atom may be a group, so the parser counts how deep it is.
//
// Where the RFC is silent, Sequoia is followed: an empty branch makes its whole alternative match everything, `.` is any character but a
// line feed, a range may be written downwards.

const MAX_PATTERN_CHARACTERS = 1024;
const MAX_NESTING = 200;

export type Instruction =
  | { readonly op: "set"; readonly isNegated: boolean; readonly ranges: readonly (readonly [number, number])[] }
  | { readonly op: "split"; readonly first: number; readonly second: number }
  | { readonly op: "start" }
  | { readonly op: "end" }
  | { readonly op: "match" };

type Node =
  | { readonly kind: "empty" }
  | { readonly kind: "one"; readonly instruction: Instruction }
  | { readonly kind: "all"; readonly of: readonly Node[] }
  | { readonly kind: "any"; readonly of: readonly Node[] }
  | { readonly kind: "repeat"; readonly of: Node; readonly how: "*" | "+" | "?" };

/** @returns undefined for what is no regular expression, or is over the limits. */
export function parseRegex(pattern: string): readonly Instruction[] | undefined {
  const characters = Array.from(pattern, (character) => character.codePointAt(0) ?? 0);
  if (characters.length > MAX_PATTERN_CHARACTERS) return undefined;
  const parser = new Parser(characters);
  const node = parser.parse();
  if (node === undefined) return undefined;
  const program: Mutable[] = [];
  emit(node, program);
  program.push({ op: "match" });
  return program;
}

const CODE = (character: string): number => character.codePointAt(0) ?? 0;
const [PIPE, STAR, PLUS, QUESTION, OPEN, CLOSE] = Array.from("|*+?()", CODE) as [number, number, number, number, number, number];
const [DOT, CARET, DOLLAR, BACKSLASH, BRACKET, UNBRACKET, DASH] = Array.from(".^$\\[]-", CODE) as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];
const EMPTY: Node = { kind: "empty" };
const NOT_LINE_FEED: Instruction = { op: "set", isNegated: true, ranges: [[10, 10]] };

class Parser {
  readonly #characters: readonly number[];
  #at = 0;
  #depth = 0;

  constructor(characters: readonly number[]) {
    this.#characters = characters;
  }

  parse(): Node | undefined {
    const node = this.#regex();
    return this.#at === this.#characters.length ? node : undefined;
  }

  #regex(): Node | undefined {
    const branches: Node[] = [];
    do {
      const branch = this.#branch();
      if (branch === undefined) return undefined;
      branches.push(branch);
    } while (this.#takes(PIPE));
    if (branches.some(({ kind }) => kind === "empty")) return EMPTY;
    const [only] = branches;
    return branches.length === 1 ? only : { kind: "any", of: branches };
  }

  #branch(): Node | undefined {
    const pieces: Node[] = [];
    for (let next = this.#characters[this.#at]; next !== undefined && next !== PIPE && next !== CLOSE; ) {
      const piece = this.#piece();
      if (piece === undefined) return undefined;
      pieces.push(piece);
      next = this.#characters[this.#at];
    }
    return pieces.every(({ kind }) => kind === "empty") ? EMPTY : { kind: "all", of: pieces };
  }

  #piece(): Node | undefined {
    const atom = this.#atom();
    if (atom === undefined) return undefined;
    const how = this.#takes(STAR) ? "*" : this.#takes(PLUS) ? "+" : this.#takes(QUESTION) ? "?" : undefined;
    return how === undefined || atom.kind === "empty" ? atom : { kind: "repeat", of: atom, how };
  }

  #atom(): Node | undefined {
    const character = this.#characters[this.#at++];
    switch (character) {
      case undefined:
      case STAR:
      case PLUS:
      case QUESTION:
      case UNBRACKET:
        return undefined;
      case OPEN: {
        if (++this.#depth > MAX_NESTING) return undefined;
        const inner = this.#regex();
        this.#depth--;
        return this.#takes(CLOSE) ? inner : undefined;
      }
      case BRACKET:
        return this.#range();
      case DOT:
        return { kind: "one", instruction: NOT_LINE_FEED };
      case CARET:
        return { kind: "one", instruction: { op: "start" } };
      case DOLLAR:
        return { kind: "one", instruction: { op: "end" } };
      case BACKSLASH: {
        const escaped = this.#characters[this.#at++];
        return escaped === undefined ? undefined : literal(escaped);
      }
      default:
        return literal(character);
    }
  }

  /** Behind its `[`. A `]` that comes first, or first behind `^`, is a member. */
  #range(): Node | undefined {
    const isNegated = this.#takes(CARET);
    const from = this.#at;
    const end = this.#characters.indexOf(UNBRACKET, from + 1);
    if (end < 0) return undefined;
    this.#at = end + 1;
    const members = this.#characters.slice(from, end);
    const ranges: (readonly [number, number])[] = [];
    for (let i = 0; i < members.length; i++) {
      const first = members[i] ?? 0;
      const last = members[i + 1] === DASH ? members[i + 2] : undefined;
      ranges.push(last === undefined ? [first, first] : [Math.min(first, last), Math.max(first, last)]);
      if (last !== undefined) i += 2;
    }
    return { kind: "one", instruction: { op: "set", isNegated, ranges } };
  }

  #takes(character: number): boolean {
    if (this.#characters[this.#at] !== character) return false;
    this.#at++;
    return true;
  }
}

function literal(character: number): Node {
  return { kind: "one", instruction: { op: "set", isNegated: false, ranges: [[character, character]] } };
}

type Mutable = Instruction | { op: "split"; first: number; second: number };

function emit(node: Node, program: Mutable[]): void {
  switch (node.kind) {
    case "empty":
      return;
    case "one":
      program.push(node.instruction);
      return;
    case "all":
      for (const part of node.of) emit(part, program);
      return;
    case "any":
      emitBranches(node.of, program);
      return;
    case "repeat":
      emitRepeat(node.of, node.how, program);
  }
}

/** A jump is a split whose two ways are one. */
function emitBranches(branches: readonly Node[], program: Mutable[]): void {
  const exits: { first: number; second: number }[] = [];
  branches.forEach((branch, i) => {
    if (i === branches.length - 1) {
      emit(branch, program);
      return;
    }
    const fork = { op: "split" as const, first: program.length + 1, second: 0 };
    program.push(fork);
    emit(branch, program);
    const exit = { op: "split" as const, first: 0, second: 0 };
    program.push(exit);
    exits.push(exit);
    fork.second = program.length;
  });
  for (const exit of exits) exit.first = exit.second = program.length;
}

function emitRepeat(of: Node, how: "*" | "+" | "?", program: Mutable[]): void {
  const start = program.length;
  if (how === "+") {
    emit(of, program);
    program.push({ op: "split", first: start, second: program.length + 1 });
    return;
  }
  const fork = { op: "split" as const, first: start + 1, second: 0 };
  program.push(fork);
  emit(of, program);
  if (how === "*") program.push({ op: "split", first: start, second: start });
  fork.second = program.length;
}
