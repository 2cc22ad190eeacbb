// The media of one call on this page: connection, worker, own devices, and what comes from the other side. Begins when somebody has
// answered, not before (K1, K5), and ends with the call.
import type { CallSnapshot, Client } from "@p2pcrypt/client";
import { CallPeer } from "@p2pcrypt/client/call-peer";
import type { Boot } from "../boot/boot.ts";
import type { FromFrameWorker, ToFrameWorker } from "../frames/frame-protocol.ts";
import workerUrl from "../frames/frame-worker.ts?worker&url";
import type { FrameCounts } from "../frames/frames.ts";
import type { CallDesk } from "../model/call-desk.ts";
import { Model } from "../model/model.ts";
import type { Platform } from "../platform/platform.ts";
import { scriptUrl } from "../protocol/worker-script.ts";
import { type DeviceChoice, type DeviceTrouble, OwnMedia } from "./own-media.ts";
import { type Measured, measuredIn, type Quality, qualityOf } from "./quality.ts";
import { RtcConnection, type Slot } from "./rtc-connection.ts";

export interface CallSessionSnapshot {
  readonly isMuted: boolean;
  /** Own pictures, as they are sent. */
  readonly camera: MediaStream | undefined;
  readonly screen: MediaStream | undefined;
  /** Theirs: whether they send anything is in the call's snapshot. */
  readonly theirSound: MediaStream;
  readonly theirCamera: MediaStream;
  readonly theirScreen: MediaStream;
  readonly trouble: Readonly<Partial<Record<"microphone" | "camera" | "screen", DeviceTrouble>>>;
  readonly choice: DeviceChoice;
  readonly quality: Quality;
}

export interface CallSessionDeps {
  readonly client: Client;
  readonly boot: Boot;
  readonly desk: CallDesk;
  readonly platform: Platform;
}

const MEASURED_EVERY_S = 2;

export class CallSession extends Model<CallSessionSnapshot> {
  readonly #id: string;
  readonly #deps: CallSessionDeps;
  readonly #worker: Worker;
  readonly #media: OwnMedia;
  readonly #peer: CallPeer;
  #connection: RtcConnection | undefined;
  #measured: Measured | undefined;

  constructor({ id }: Pick<CallSnapshot, "id">, deps: CallSessionDeps) {
    super({
      isMuted: false,
      camera: undefined,
      screen: undefined,
      theirSound: new MediaStream(),
      theirCamera: new MediaStream(),
      theirScreen: new MediaStream(),
      trouble: {},
      choice: { microphone: "", camera: "" },
      quality: "good",
    });
    this.#id = id;
    this.#deps = deps;
    const { client, desk, platform } = deps;
    this.#worker = this.#startWorker();
    this.#media = new OwnMedia(navigator.mediaDevices, (slot) => void this.#mediaChanged(slot));
    this.#peer = new CallPeer(id, {
      calls: client.calls,
      timers: { after: (delayMs, run) => platform.after(delayMs, run) },
      open: async (routes, events) => {
        const hear = (slot: Slot, track: MediaStreamTrack): void => this.#heard(slot, track);
        const connection = new RtcConnection(routes, events, { worker: this.#worker, hear });
        this.#connection = connection;
        for (const slot of ["microphone", "camera", "screen", "screenSound"] as const)
          await connection.send(slot, this.#media.get(slot));
        return connection;
      },
    });
    this.until(desk.takeOrders(id, (order) => this.#peer.order(order)));
    this.until(platform.onLeave(() => void client.calls.hangUp(id)));
    this.until(platform.onOnline(() => this.#look()));
    let seconds = 0;
    this.until(
      platform.everySecond(() => {
        seconds += 1;
        if (seconds % MEASURED_EVERY_S === 0) void this.#measure();
      }),
    );
    void this.#openMicrophone();
    if (desk.wantsCamera) void this.setCamera(true);
  }

  override dispose(): void {
    super.dispose();
    this.#peer.close();
    this.#media.close();
    this.#worker.terminate();
  }

  setMuted(isMuted: boolean): void {
    this.#media.mute(isMuted);
    this.update({ isMuted });
    this.#tell();
  }

  async setCamera(isOn: boolean): Promise<void> {
    if (isOn) this.#trouble("camera", await this.#media.openCamera());
    else this.#media.stop("camera");
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
    this.update({ choice: this.#media.choice });
  }

  async #openMicrophone(): Promise<void> {
    this.#trouble("microphone", await this.#media.openMicrophone());
    if (this.getSnapshot().isMuted) this.#media.mute(true);
  }

  #startWorker(): Worker {
    const { boot } = this.#deps;
    const worker = new Worker(scriptUrl(workerUrl, location.origin), { type: "module", name: "frames" });
    const { port1, port2 } = new MessageChannel();
    worker.postMessage({ kind: "keys", keys: port2 } satisfies ToFrameWorker, [port2]);
    boot.watchCallKeys(this.#id, port1).catch(() => undefined); // the client has ended, and the call with it
    return worker;
  }

  async #mediaChanged(slot: Slot): Promise<void> {
    const track = this.#media.get(slot);
    await this.#connection?.send(slot, track);
    if (slot === "camera" || slot === "screen")
      this.update({ [slot]: track === undefined ? undefined : new MediaStream([track]) });
    this.#tell();
  }

  #heard(slot: Slot, track: MediaStreamTrack): void {
    const { theirSound, theirCamera, theirScreen } = this.getSnapshot();
    const stream = slot === "camera" ? theirCamera : slot === "screen" ? theirScreen : theirSound;
    stream.addTrack(track);
  }

  #trouble(what: "microphone" | "camera" | "screen", found: DeviceTrouble | undefined): void {
    const { [what]: _, ...rest } = this.getSnapshot().trouble;
    this.update({ trouble: found === undefined ? rest : { ...rest, [what]: found } });
  }

  #tell(): void {
    const { isMuted, trouble } = this.getSnapshot();
    const media = {
      microphone: !isMuted && trouble.microphone === undefined,
      camera: this.#media.get("camera") !== undefined,
      screen: this.#media.get("screen") !== undefined,
    };
    this.#deps.client.calls.setMedia(this.#id, media).catch(() => undefined); // it is over
  }

  /** Another network, perhaps. */
  #look(): void {
    this.#deps.client.calls.restart(this.#id).catch(() => undefined); // it is over
  }

  async #measure(): Promise<void> {
    const report = await this.#connection?.stats();
    if (report === undefined || this.isDisposed) return;
    const now = measuredIn(report, await this.#count());
    if (this.#measured !== undefined) this.update({ quality: qualityOf(this.#measured, now) });
    this.#measured = now;
  }

  #count(): Promise<FrameCounts> {
    return new Promise((resolve) => {
      this.#worker.addEventListener("message", ({ data }: MessageEvent<FromFrameWorker>) => resolve(data), { once: true });
      this.#worker.postMessage({ kind: "count" } satisfies ToFrameWorker);
    });
  }
}
