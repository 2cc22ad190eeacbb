/** Bytes or text that do not mean what they claim. The message names the field and the offset, never the content. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
  readonly offset: number;

  constructor(what: string, offset = 0) {
    super(`${what} at byte ${offset}`);
    this.offset = offset;
  }
}
