// What this device gives into a call: microphone, camera, screen. Opened when a person wants it, and closed with the call.
import type { Slot } from "./rtc-connection.ts";

/** Chosen by a person; empty: whatever the browser takes. */
export interface DeviceChoice {
  readonly microphone: string;
  readonly camera: string;
}

export interface Effects {
  readonly suppressesNoise: boolean;
  /** undefined: this machine cannot. */
  readonly blurs: boolean | undefined;
}

/** What is asked of a camera. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
}

export type DeviceTrouble = "notAllowed" | "notThere";

export class OwnMedia {
  readonly #devices: Pick<MediaDevices, "getUserMedia" | "getDisplayMedia">;
  readonly #tracks = new Map<Slot, MediaStreamTrack>();
  readonly #changed: (slot: Slot) => void;
  readonly #picture: PictureSize;
  #choice: DeviceChoice = { microphone: "", camera: "" };
  #suppressesNoise = true;
  #isClosed = false;

  /** `changed`: a track came or went, also by itself (a device was pulled out, the browser's own button ended a screen). */
  constructor(
    devices: Pick<MediaDevices, "getUserMedia" | "getDisplayMedia">,
    changed: (slot: Slot) => void,
    picture: PictureSize = { width: 1280, height: 720, frameRate: 30 },
  ) {
    this.#devices = devices;
    this.#changed = changed;
    this.#picture = picture;
  }

  get(slot: Slot): MediaStreamTrack | undefined {
    return this.#tracks.get(slot);
  }

  get choice(): DeviceChoice {
    return this.#choice;
  }

  get effects(): Effects {
    return { suppressesNoise: this.#suppressesNoise, blurs: blurOf(this.#tracks.get("camera")) };
  }

  /** Background blur is the platform's own; a microphone is opened anew for the other, since browsers do not change it on the way. */
  async setEffects({ suppressesNoise, blurs }: Partial<Effects>): Promise<void> {
    const camera = this.#tracks.get("camera");
    // A camera that does not want to stays as it is.
    if (blurs !== undefined && blurOf(camera) !== undefined)
      await camera?.applyConstraints(withBlur(blurs)).catch(() => undefined);
    if (suppressesNoise === undefined || suppressesNoise === this.#suppressesNoise) return;
    this.#suppressesNoise = suppressesNoise;
    const isMuted = this.#tracks.get("microphone")?.enabled === false;
    if (this.#tracks.has("microphone")) await this.openMicrophone();
    if (isMuted) this.mute(true);
  }

  /** @returns what stood in the way. */
  openMicrophone(): Promise<DeviceTrouble | undefined> {
    const { microphone } = this.#choice;
    const audio = { echoCancellation: true, noiseSuppression: this.#suppressesNoise, autoGainControl: true, ...idOf(microphone) };
    return this.#open(async () => {
      const stream = await this.#devices.getUserMedia({ audio });
      this.#put("microphone", stream.getAudioTracks()[0]);
    });
  }

  openCamera(): Promise<DeviceTrouble | undefined> {
    const { width, height, frameRate } = this.#picture;
    const size = { width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: frameRate } };
    const video = { ...size, ...idOf(this.#choice.camera) };
    return this.#open(async () => {
      const stream = await this.#devices.getUserMedia({ video });
      this.#put("camera", stream.getVideoTracks()[0]);
    });
  }

  openScreen(): Promise<DeviceTrouble | undefined> {
    return this.#open(async () => {
      const stream = await this.#devices.getDisplayMedia({ video: { frameRate: { ideal: 15 } }, audio: true });
      this.#put("screen", stream.getVideoTracks()[0]);
      this.#put("screenSound", stream.getAudioTracks()[0]);
    });
  }

  /** Local at once, whatever the network does (K7). */
  mute(isMuted: boolean): void {
    const track = this.#tracks.get("microphone");
    if (track !== undefined) track.enabled = !isMuted;
  }

  stop(...slots: readonly Slot[]): void {
    for (const slot of slots) {
      const track = this.#tracks.get(slot);
      if (track === undefined) continue;
      this.#tracks.delete(slot);
      track.stop();
      this.#changed(slot);
    }
  }

  /** Takes another device, also in mid-call. */
  async choose(choice: Partial<DeviceChoice>): Promise<DeviceTrouble | undefined> {
    const before = this.#choice;
    this.#choice = { ...before, ...choice };
    const isMuted = this.#tracks.get("microphone")?.enabled === false;
    if (this.#choice.microphone !== before.microphone && this.#tracks.has("microphone")) {
      const trouble = await this.openMicrophone();
      if (isMuted) this.mute(true);
      if (trouble !== undefined) return trouble;
    }
    return this.#choice.camera !== before.camera && this.#tracks.has("camera") ? this.openCamera() : undefined;
  }

  close(): void {
    this.#isClosed = true;
    for (const track of this.#tracks.values()) track.stop();
    this.#tracks.clear();
  }

  #put(slot: Slot, track: MediaStreamTrack | undefined): void {
    if (track === undefined) return;
    if (this.#isClosed) {
      track.stop();
      return;
    }
    this.#tracks.get(slot)?.stop();
    this.#tracks.set(slot, track);
    track.addEventListener("ended", () => {
      if (this.#tracks.get(slot) !== track) return;
      this.#tracks.delete(slot);
      this.#changed(slot);
    });
    this.#changed(slot);
  }

  async #open(run: () => Promise<void>): Promise<DeviceTrouble | undefined> {
    try {
      await run();
      return undefined;
    } catch (error) {
      return error instanceof DOMException && error.name === "NotAllowedError" ? "notAllowed" : "notThere";
    }
  }
}

function idOf(id: string): { readonly deviceId?: { readonly exact: string } } {
  return id === "" ? {} : { deviceId: { exact: id } };
}

/** Not in TypeScript's own library yet: Media Capture and Streams Extensions. */
interface BlurCapabilities {
  readonly backgroundBlur?: readonly boolean[];
}

function blurOf(track: MediaStreamTrack | undefined): boolean | undefined {
  const { backgroundBlur = [] } = (track?.getCapabilities?.() ?? {}) as BlurCapabilities;
  if (!backgroundBlur.includes(true) || !backgroundBlur.includes(false)) return undefined; // fixed by the system, or not there
  return (track?.getSettings() as { readonly backgroundBlur?: boolean } | undefined)?.backgroundBlur === true;
}

function withBlur(backgroundBlur: boolean): MediaTrackConstraints {
  return { backgroundBlur } as MediaTrackConstraints;
}
