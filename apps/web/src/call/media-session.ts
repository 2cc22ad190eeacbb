// What this page gives into a call, of two or of a group: own devices, the worker that seals, mute, hold, and how much is sent. The
// connections are those of whoever extends it.
import type { Client, MediaOn } from "@p2pcrypt/client";
import type { Boot } from "../boot/boot.ts";
import type { FromFrameWorker, ToFrameWorker } from "../frames/frame-protocol.ts";
import workerUrl from "../frames/frame-worker.ts?worker&url";
import type { FrameCounts } from "../frames/frames.ts";
import type { CallDesk } from "../model/call-desk.ts";
import { Model } from "../model/model.ts";
import type { Platform } from "../platform/platform.ts";
import { scriptUrl } from "../protocol/worker-script.ts";
import { type DeviceChoice, type DeviceTrouble, type Effects, OwnMedia, type PictureSize } from "./own-media.ts";
import type { RtcConnection, Slot } from "./rtc-connection.ts";

export interface OwnSnapshot {
  readonly isMuted: boolean;
  readonly isHeld: boolean;
  /** Own pictures, as they are sent. */
  readonly camera: MediaStream | undefined;
  readonly screen: MediaStream | undefined;
  readonly trouble: Readonly<Partial<Record<"microphone" | "camera" | "screen", DeviceTrouble>>>;
  readonly choice: DeviceChoice;
  readonly effects: Effects;
}

export const NOTHING_YET: OwnSnapshot = {
  ...{ isMuted: false, isHeld: false, camera: undefined, screen: undefined, trouble: {} },
  ...{ choice: { microphone: "", camera: "" }, effects: { suppressesNoise: true, blurs: undefined } },
};

export interface CallSessionDeps {
  readonly client: Client;
  readonly boot: Boot;
  readonly desk: CallDesk;
  readonly platform: Platform;
}

const SLOTS = ["microphone", "camera", "screen", "screenSound"] as const;
const MEASURED_EVERY_S = 2;

export abstract class MediaSession<Snapshot extends OwnSnapshot> extends Model<Snapshot> {
  protected readonly callId: string;
  protected readonly deps: CallSessionDeps;
  protected readonly worker: Worker;
  readonly #media: OwnMedia;

  constructor(callId: string, first: Snapshot, deps: CallSessionDeps, picture?: PictureSize) {
    super(first);
    this.callId = callId;
    this.deps = deps;
    const { platform } = deps;
    this.worker = this.#startWorker();
    this.#media = new OwnMedia(navigator.mediaDevices, (slot) => void this.#mediaChanged(slot), picture);
    this.until(platform.onOnline(() => this.look()));
    let seconds = 0;
    this.until(
      platform.everySecond(() => {
        seconds += 1;
        if (seconds % MEASURED_EVERY_S === 0) void this.measure();
      }),
    );
  }

  /** Once whoever extends it is ready. */
  protected begin(): void {
    void this.#openMicrophone();
    if (this.deps.desk.wantsCamera) void this.setCamera(true);
  }

  override dispose(): void {
    super.dispose();
    this.#media.close();
    this.worker.terminate();
  }

  /** Every connection, and whether what it leads to is on hold. */
  protected abstract connections(): readonly { readonly connection: RtcConnection; readonly isHeld: boolean }[];
  protected abstract tell(media: MediaOn): void;
  protected abstract measure(): Promise<void>;
  /** Another network, perhaps. */
  protected abstract look(): void;

  setMuted(isMuted: boolean): void {
    this.#media.mute(isMuted || this.getSnapshot().isHeld);
    this.change({ isMuted });
    this.#tellAll();
  }

  /** Sends nothing and plays nothing until it goes on. */
  setHeld(isHeld: boolean): void {
    this.change({ isHeld });
    this.#media.mute(isHeld || this.getSnapshot().isMuted);
    void this.sendAll();
    this.#tellAll();
  }

  async setCamera(isOn: boolean): Promise<void> {
    if (isOn) this.#trouble("camera", await this.#media.openCamera());
    else this.#media.stop("camera");
    this.change({ effects: this.#media.effects });
  }

  async setScreen(isOn: boolean): Promise<void> {
    if (!isOn) return this.#media.stop("screen", "screenSound");
    const trouble = await this.#media.openScreen();
    // Who closes the browser's own question has changed their mind: no trouble.
    this.#trouble("screen", trouble === "notAllowed" ? undefined : trouble);
  }

  async choose(choice: Partial<DeviceChoice>): Promise<void> {
    const trouble = await this.#media.choose(choice);
    this.#trouble(choice.camera === undefined ? "microphone" : "camera", trouble);
    this.change({ choice: this.#media.choice, effects: this.#media.effects });
  }

  async setEffects(effects: Partial<Effects>): Promise<void> {
    await this.#media.setEffects(effects);
    this.change({ effects: this.#media.effects });
  }

  /** What a new connection sends from its beginning. */
  protected async sendOver(connection: RtcConnection, isPaused: boolean): Promise<void> {
    const isQuiet = isPaused || this.getSnapshot().isHeld;
    for (const slot of SLOTS) await connection.send(slot, isQuiet ? undefined : this.#media.get(slot));
  }

  protected async sendAll(): Promise<void> {
    await Promise.all(this.connections().map(({ connection, isHeld }) => this.sendOver(connection, isHeld)));
  }

  protected count(leaf?: number): Promise<FrameCounts> {
    return new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }: MessageEvent<FromFrameWorker>) => resolve(data);
      this.worker.postMessage({ kind: "count", leaf, port: port2 } satisfies ToFrameWorker, [port2]);
    });
  }

  /** Of the part of a snapshot that is here. */
  protected change(own: Partial<OwnSnapshot>): void {
    this.update(own as Partial<Snapshot>);
  }

  async #openMicrophone(): Promise<void> {
    this.#trouble("microphone", await this.#media.openMicrophone());
    const { isMuted, isHeld } = this.getSnapshot();
    if (isMuted || isHeld) this.#media.mute(true);
  }

  #startWorker(): Worker {
    const worker = new Worker(scriptUrl(workerUrl, location.origin), { type: "module", name: "frames" });
    const { port1, port2 } = new MessageChannel();
    worker.postMessage({ kind: "keys", keys: port2 } satisfies ToFrameWorker, [port2]);
    this.deps.boot.watchCallKeys(this.callId, port1).catch(() => undefined); // the client has ended, and the call with it
    return worker;
  }

  async #mediaChanged(slot: Slot): Promise<void> {
    await this.sendAll();
    const track = this.#media.get(slot);
    if (slot === "camera" || slot === "screen")
      this.change({ [slot]: track === undefined ? undefined : new MediaStream([track]) });
    this.#tellAll();
  }

  #trouble(what: "microphone" | "camera" | "screen", found: DeviceTrouble | undefined): void {
    const { [what]: _, ...rest } = this.getSnapshot().trouble;
    this.change({ trouble: found === undefined ? rest : { ...rest, [what]: found } });
  }

  #tellAll(): void {
    const { isMuted, isHeld, trouble } = this.getSnapshot();
    this.tell({
      microphone: !isMuted && !isHeld && trouble.microphone === undefined,
      camera: !isHeld && this.#media.get("camera") !== undefined,
      screen: !isHeld && this.#media.get("screen") !== undefined,
      ...(isHeld ? { isHeld } : {}),
    });
  }
}
