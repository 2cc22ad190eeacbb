// Trying out microphone, camera, speaker and connection before a call needs them. Devices are opened by a press and closed with the page
// (K5); nothing that they give leaves it.
import type { Client } from "@p2pcrypt/client";
import { Model } from "../model/model.ts";
import type { Platform } from "../platform/platform.ts";
import { type Finding, findingsOf, foundBy, waysIn } from "./node-findings.ts";
import { type DeviceChoice, type DeviceTrouble, OwnMedia } from "./own-media.ts";
import { relayLoop } from "./relay-loop.ts";
import { Sound } from "./test-sound.ts";

export interface CallTestSnapshot {
  readonly isMicrophoneOn: boolean;
  /** How loud the microphone is, 0 to 1. */
  readonly level: number;
  readonly echo: "none" | "recording" | "playing";
  readonly camera: MediaStream | undefined;
  readonly trouble: Readonly<Partial<Record<"microphone" | "camera", DeviceTrouble>>>;
  readonly choice: DeviceChoice;
  readonly findings: readonly Finding[];
  readonly isLooking: boolean;
}

export interface CallTestDeps {
  readonly client: Pick<Client, "calls">;
  readonly platform: Pick<Platform, "after" | "nowMs">;
}

const ECHO_MS = 3_000;
const LEVEL_MS = 80;

export class CallTest extends Model<CallTestSnapshot> {
  readonly #deps: CallTestDeps;
  readonly #media: OwnMedia;
  readonly #sound = new Sound();
  #stopListening: () => void = () => undefined;

  constructor(deps: CallTestDeps) {
    super({
      isMicrophoneOn: false,
      level: 0,
      echo: "none",
      camera: undefined,
      trouble: {},
      choice: { microphone: "", camera: "" },
      findings: [],
      isLooking: false,
    });
    this.#deps = deps;
    this.#media = new OwnMedia(navigator.mediaDevices, () => this.#mediaChanged());
    this.until(() => {
      this.#stopListening();
      this.#media.close();
      this.#sound.close();
    });
  }

  async setMicrophone(isOn: boolean): Promise<void> {
    if (isOn) this.#trouble("microphone", await this.#media.openMicrophone());
    else this.#media.stop("microphone");
  }

  async setCamera(isOn: boolean): Promise<void> {
    if (isOn) this.#trouble("camera", await this.#media.openCamera());
    else this.#media.stop("camera");
  }

  async choose(choice: Partial<DeviceChoice>): Promise<void> {
    this.#trouble(choice.camera === undefined ? "microphone" : "camera", await this.#media.choose(choice));
    this.update({ choice: this.#media.choice });
  }

  /** Records for three seconds, and says it back. */
  async echo(): Promise<void> {
    const track = this.#media.get("microphone");
    if (track === undefined || this.getSnapshot().echo !== "none") return;
    this.update({ echo: "recording" });
    try {
      const heard = await this.#sound.record(track, (stop) => this.#deps.platform.after(ECHO_MS, stop));
      this.update({ echo: "playing" });
      await this.#sound.play(heard);
    } finally {
      this.update({ echo: "none" });
    }
  }

  tone(): Promise<void> {
    return this.#sound.tone();
  }

  async look(): Promise<void> {
    if (this.getSnapshot().isLooking) return;
    this.update({ isLooking: true, findings: [{ name: "http", state: "looking" }] });
    try {
      const look = await this.#deps.client.calls.lookAtNode();
      this.update({ findings: findingsOf(look) });
      const { relay } = look;
      if (relay === undefined) return;
      const { nowMs, after } = this.#deps.platform;
      for (const { name, url } of waysIn(relay.urls)) {
        const { username, credential } = relay;
        const found = foundBy(name, await relayLoop({ urls: url, username, credential }, { nowMs, after }));
        this.update({ findings: this.getSnapshot().findings.map((one) => (one.name === name ? found : one)) });
        if (this.isDisposed) return;
      }
    } finally {
      this.update({ isLooking: false });
    }
  }

  #mediaChanged(): void {
    this.#stopListening();
    const [microphone, camera] = [this.#media.get("microphone"), this.#media.get("camera")];
    const isMicrophoneOn = microphone !== undefined;
    this.update({ isMicrophoneOn, level: 0, camera: camera === undefined ? undefined : new MediaStream([camera]) });
    this.#stopListening = microphone === undefined ? () => undefined : this.#listen(microphone);
  }

  #listen(track: MediaStreamTrack): () => void {
    const meter = this.#sound.meter(track);
    let cancel: () => void = () => undefined;
    const look = (): void => {
      this.update({ level: meter.level() });
      cancel = this.#deps.platform.after(LEVEL_MS, look);
    };
    look();
    return () => {
      cancel();
      meter.close();
    };
  }

  #trouble(what: "microphone" | "camera", found: DeviceTrouble | undefined): void {
    const { [what]: _, ...rest } = this.getSnapshot().trouble;
    this.update({ trouble: found === undefined ? rest : { ...rest, [what]: found } });
  }
}
