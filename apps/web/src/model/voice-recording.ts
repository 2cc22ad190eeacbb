// A voice message while it is spoken: from the press that opens the microphone to the file that is sent. Nothing is captured before that
// press, and nothing after the end (K5).
import { Model } from "./model.ts";

/** A microphone that is on. */
export interface OpenMicrophone {
  /** How loud it is now, 0 to 1. */
  level(): number;
  /** Turns it off and gives what was heard. */
  stop(): Promise<Blob>;
  /** Turns it off and forgets. */
  discard(): void;
}

/** Undefined: the person or the browser does not allow it, or there is none. */
export type OpensMicrophone = () => Promise<OpenMicrophone | undefined>;

export interface VoiceMessage {
  readonly sound: Blob;
  readonly durationMs: number;
  readonly waveform: Uint8Array;
}

export interface VoiceRecordingSnapshot {
  readonly state: "off" | "opening" | "on" | "refused";
  readonly elapsedMs: number;
  /** The newest last. */
  readonly levels: readonly number[];
}

export interface VoiceRecordingDeps {
  readonly open: OpensMicrophone;
  readonly nowMs: () => number;
  /** Many times a second. @returns how to stop. */
  readonly everyTick: (run: () => void) => () => void;
}

const MAX_MS = 15 * 60_000;
const WAVEFORM_PARTS = 48;
const SHOWN_LEVELS = 40;
/** Of a voice close to a microphone; what is louder is drawn as loud. */
const LOUD = 0.35;
const OFF: VoiceRecordingSnapshot = { state: "off", elapsedMs: 0, levels: [] };

export class VoiceRecording extends Model<VoiceRecordingSnapshot> {
  readonly #deps: VoiceRecordingDeps;
  #microphone: OpenMicrophone | undefined;
  /** Of one that became too long. */
  #heard: Promise<Blob> | undefined;
  #stopTicking: () => void = () => undefined;
  #startedMs = 0;
  #levels: number[] = [];

  constructor(deps: VoiceRecordingDeps) {
    super(OFF);
    this.#deps = deps;
    this.until(() => this.cancel());
  }

  async start(): Promise<void> {
    const { state } = this.getSnapshot();
    if (state === "opening" || state === "on") return;
    this.show({ ...OFF, state: "opening" });
    const microphone = await this.#deps.open();
    // Thought better of while the browser asked.
    if (this.isDisposed || this.getSnapshot().state !== "opening") {
      microphone?.discard();
      return;
    }
    if (microphone === undefined) {
      this.show({ ...OFF, state: "refused" });
      return;
    }
    this.#microphone = microphone;
    this.#startedMs = this.#deps.nowMs();
    this.#levels = [];
    this.show({ ...OFF, state: "on" });
    this.#stopTicking = this.#deps.everyTick(() => this.#tick());
  }

  cancel(): void {
    this.#end()?.discard();
    this.#heard = undefined;
    this.show(OFF);
  }

  /** @returns undefined when nothing was recorded. */
  async finish(): Promise<VoiceMessage | undefined> {
    const durationMs = Math.min(MAX_MS, this.#deps.nowMs() - this.#startedMs);
    const sound = await (this.#heard ?? this.#end()?.stop());
    this.#heard = undefined;
    this.show(OFF);
    if (sound === undefined || sound.size === 0) return undefined;
    return { sound, durationMs: Math.round(durationMs), waveform: waveformOf(this.#levels, WAVEFORM_PARTS) };
  }

  #tick(): void {
    const elapsedMs = this.#deps.nowMs() - this.#startedMs;
    if (elapsedMs >= MAX_MS) {
      // Off, and waiting for the person to send it or throw it away.
      this.#heard = this.#end()?.stop();
      return;
    }
    this.#levels.push(this.#microphone?.level() ?? 0);
    this.update({ elapsedMs, levels: this.#levels.slice(-SHOWN_LEVELS) });
  }

  #end(): OpenMicrophone | undefined {
    this.#stopTicking();
    const microphone = this.#microphone;
    this.#microphone = undefined;
    return microphone;
  }
}

/** The loudest of each part, 0 to 255. */
export function waveformOf(levels: readonly number[], parts: number): Uint8Array {
  const count = Math.max(1, Math.min(parts, levels.length));
  return Uint8Array.from({ length: count }, (_, part) => {
    const from = Math.floor((part * levels.length) / count);
    const until = Math.max(from + 1, Math.floor(((part + 1) * levels.length) / count));
    return Math.round(255 * Math.min(1, Math.max(0, ...levels.slice(from, until)) / LOUD));
  });
}
