// Stable: scripts depend on them (docs/cli.md).
export const EXIT = {
  ok: 0,
  /** Something failed that is not the caller's doing. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** No such identity, contact, conversation or file. */
  notFound: 3,
  /** WHO means several. */
  ambiguous: 4,
  /** The input is understood and refused: a malformed link, a text too long, something that exists already. */
  refused: 5,
  /** The node cannot be reached or does not do it. */
  node: 6,
  /** Another process has this home. */
  inUse: 7,
  /** A passphrase is missing or wrong. */
  locked: 8,
  /** Codes differ: this may not be the person. */
  differs: 9,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends the command with words for people and a code for programs. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exit: ExitCode;
  readonly code: string;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(exit: ExitCode, code: string, sentence: string, fields: Readonly<Record<string, unknown>> = {}) {
    super(sentence);
    this.exit = exit;
    this.code = code;
    this.fields = fields;
  }
}
