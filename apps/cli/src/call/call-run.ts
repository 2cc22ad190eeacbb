// One call in a terminal, from the first ring to its end: what goes on is told, sound goes out of a file and into one.
import type { CallOrder, CallSnapshot, Client, ContactSnapshot } from "@p2pcrypt/client";
import { CallPeer } from "@p2pcrypt/client/call-peer";
import { CommandError, EXIT } from "../exit-codes.ts";
import type { Output } from "../output.ts";
import { systemClock, systemRandom, systemTimers } from "../platform.ts";
import { CallSound } from "./call-sound.ts";
import { afterwards, stateJson, stateLine } from "./call-words.ts";
import { type loadLibrary, SoundConnection } from "./sound-connection.ts";
import type { Recording, Sound } from "./sound-files.ts";

/** The other side may be connected a little later: the first word is not said into nothing. */
const BREATH_MS = 300;

export interface CallWishes {
  readonly sound: Sound | undefined;
  readonly recording: Recording | undefined;
  /** Hangs up after so long, from when somebody answered. */
  readonly forMs: number | undefined;
  /** Hangs up when the sound is over. */
  readonly endsWithSound: boolean;
}

export interface CallRunDeps {
  readonly client: Client;
  readonly output: Output;
  readonly library: Awaited<ReturnType<typeof loadLibrary>>;
}

export class CallRun {
  readonly #deps: CallRunDeps;
  readonly #contact: ContactSnapshot;
  readonly #wishes: CallWishes;
  readonly #sound: CallSound;
  readonly #peer: CallPeer;
  readonly #ends = Promise.withResolvers<CallSnapshot>();
  readonly #forgets: (() => void)[] = [];
  #call: CallSnapshot;
  #connection: SoundConnection | undefined;

  /** Of a call that somebody here made or answered. */
  constructor(call: CallSnapshot, contact: ContactSnapshot, wishes: CallWishes, deps: CallRunDeps) {
    this.#call = call;
    this.#contact = contact;
    this.#wishes = wishes;
    this.#deps = deps;
    const { client, library } = deps;
    const random = new DataView(systemRandom(2).buffer);
    this.#sound = new CallSound({
      clock: systemClock,
      timers: systemTimers,
      sequenceNumber: random.getUint16(0) >> 1,
      send: (packet) => this.#connection?.send(packet),
      heard: (packet) => wishes.recording?.heard(packet),
    });
    this.#peer = new CallPeer(call.id, {
      calls: client.calls,
      timers: systemTimers,
      open: async (routes, events) => {
        const heard = (packet: Parameters<CallSound["received"]>[0]): void => void this.#sound.received(packet);
        this.#connection = new SoundConnection(library, routes, { events, heard });
        return this.#connection;
      },
    });
    const keys = client.watchCallKeys?.(call.id, (keys) => void this.#sound.setKeys(keys));
    if (keys !== undefined) this.#forgets.push(keys);
  }

  order(order: CallOrder): void {
    this.#peer.order(order);
  }

  changed(call: CallSnapshot): void {
    const before = this.#call.state;
    this.#call = call;
    if (call.state === before) return;
    if (call.state === "connected" && before === "connecting") this.#begin();
    if (call.state === "ended") this.#ends.resolve(call);
    else this.#deps.output.say(stateLine(call, this.#contact), stateJson(call, this.#contact));
  }

  hangUp(): void {
    this.#deps.client.calls.hangUp(this.#call.id).catch(() => this.#ends.resolve(this.#call)); // it is over
  }

  /** Until it is over. @throws {CommandError} call/* when nobody spoke; audio/* */
  async ended(): Promise<void> {
    const { output } = this.#deps;
    if (this.#call.state !== "ended") output.say(stateLine(this.#call, this.#contact), stateJson(this.#call, this.#contact));
    try {
      const call = await this.#ends.promise;
      const recorded = this.#wishes.recording?.end();
      const result = { counts: this.#sound.counts, recorded, path: this.#wishes.recording?.path };
      const { line, value, failure } = afterwards(call, this.#contact, result, systemClock.nowMs());
      if (failure !== undefined) throw failure;
      output.say(line, value);
    } finally {
      for (const forget of this.#forgets.splice(0)) forget();
      this.#sound.stop();
      this.#wishes.sound?.close();
      this.#peer.close();
    }
  }

  #begin(): void {
    const { sound, forMs } = this.#wishes;
    const { client } = this.#deps;
    if (forMs !== undefined) this.#forgets.push(systemTimers.after(forMs, () => this.hangUp()));
    this.#tell(sound !== undefined);
    if (sound === undefined) return;
    const play = async (): Promise<void> => {
      await this.#sound.play(sound.packets);
      if (this.#wishes.endsWithSound) await client.calls.hangUp(this.#call.id);
      else this.#tell(false);
    };
    this.#forgets.push(systemTimers.after(BREATH_MS, () => void play().catch((error: unknown) => this.#failed(error))));
  }

  #tell(microphone: boolean): void {
    const media = { microphone, camera: false, screen: false };
    this.#deps.client.calls.setMedia(this.#call.id, media).catch(() => undefined); // it is over
  }

  #failed(error: unknown): void {
    if (this.#call.state === "ended") return;
    this.#wishes.recording?.end();
    this.hangUp();
    this.#ends.reject(
      error instanceof CommandError ? error : new CommandError(EXIT.failed, "audio/notRead", "the sound cannot be read"),
    );
  }
}
