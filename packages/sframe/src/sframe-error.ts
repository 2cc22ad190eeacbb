/** Why a frame was not sealed or opened. Codes are part of the surface: add, never reuse. */
export type SFrameFailure =
  /** Shorter than its header says, or a value in more bytes than it needs. */
  | "sframe/badHeader"
  /** No key for its key id: not there yet, or no longer. */
  | "sframe/noKey"
  | "sframe/replayed"
  | "sframe/notAuthentic"
  /** A key has sealed as many frames as it can. */
  | "sframe/counterSpent";

/** The message is the code: nothing of the frame is in it. */
export class SFrameError extends Error {
  override readonly name = "SFrameError";
  readonly code: SFrameFailure;

  constructor(code: SFrameFailure) {
    super(code);
    this.code = code;
  }
}
