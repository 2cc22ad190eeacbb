// Devices are fakes: tracks that know whether they run.
import { describe, expect, it } from "vitest";
import { OwnMedia } from "./own-media.ts";
import type { Slot } from "./rtc-connection.ts";

class Track extends EventTarget {
  enabled = true;
  isStopped = false;
  stop(): void {
    this.isStopped = true;
  }
}

function machine(broken: readonly string[] = []) {
  const opened: Track[] = [];
  const asked: unknown[] = [];
  const give = async (wanted: MediaStreamConstraints | undefined) => {
    asked.push(wanted);
    for (const kind of broken) if (kind in (wanted ?? {})) throw new DOMException("none", "NotFoundError");
    const track = new Track();
    opened.push(track);
    const tracks = [track] as unknown as MediaStreamTrack[];
    return { getAudioTracks: () => tracks, getVideoTracks: () => tracks } as MediaStream;
  };
  const changes: Slot[] = [];
  const media = new OwnMedia({ getUserMedia: give, getDisplayMedia: give }, (slot) => changes.push(slot));
  return { media, opened, asked, changes };
}

describe("own media", () => {
  it("K7: mute and end are local and at once", async () => {
    const { media, opened } = machine();
    await media.openMicrophone();
    await media.openCamera();
    media.mute(true);
    expect(opened[0]?.enabled).toBe(false);
    media.close();
    expect(opened.map(({ isStopped }) => isStopped)).toEqual([true, true]);
  });

  it("K5: a device that opens after the call is over is closed again", async () => {
    const { media, opened } = machine();
    const opening = media.openCamera();
    media.close();
    await opening;
    expect(opened.map(({ isStopped }) => isStopped)).toEqual([true]);
    expect(media.get("camera")).toBe(undefined);
  });

  it("says what does not work and leaves the rest as it is", async () => {
    const { media } = machine(["video"]);
    expect(await media.openMicrophone()).toBe(undefined);
    expect(await media.openCamera()).toBe("notThere");
    expect(media.get("microphone")).toBeDefined();
  });

  it("another microphone takes the place of the first, and stays muted", async () => {
    const { media, opened, asked } = machine();
    await media.openMicrophone();
    media.mute(true);
    await media.choose({ microphone: "other" });
    expect(asked[1]).toMatchObject({ audio: { deviceId: { exact: "other" } } });
    expect(opened.map(({ isStopped, enabled }) => [isStopped, enabled])).toEqual([
      [true, false],
      [false, false],
    ]);
  });

  it("tells of a device that was pulled out", async () => {
    const { media, opened, changes } = machine();
    await media.openCamera();
    opened[0]?.dispatchEvent(new Event("ended"));
    expect(changes).toEqual(["camera", "camera"]);
    expect(media.get("camera")).toBe(undefined);
  });

  it("offers to blur the background only where the camera can, and opens the microphone anew without its filter", async () => {
    const { media, opened, asked } = machine();
    await media.openMicrophone();
    await media.openCamera();
    expect(media.effects).toEqual({ suppressesNoise: true, blurs: undefined });
    const applied: unknown[] = [];
    Object.assign(opened[1] ?? {}, {
      getCapabilities: () => ({ backgroundBlur: [false, true] }),
      getSettings: () => ({ backgroundBlur: applied.length > 0 }),
      applyConstraints: async (wanted: unknown) => void applied.push(wanted),
    });
    expect(media.effects.blurs).toBe(false);
    media.mute(true);
    await media.setEffects({ blurs: true, suppressesNoise: false });
    expect(applied).toEqual([{ backgroundBlur: true }]);
    expect(media.effects).toEqual({ suppressesNoise: false, blurs: true });
    expect(asked.at(-1)).toMatchObject({ audio: { noiseSuppression: false } });
    expect(opened.at(-1)?.enabled).toBe(false);
  });
});
