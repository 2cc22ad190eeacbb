import { beforeEach, describe, expect, it } from "vitest";
import { type OpenMicrophone, VoiceRecording, waveformOf } from "./voice-recording.ts";

const MINUTE_MS = 60_000;

let log: string[];
let nowMs: number;
let tick: () => void;
let level: number;
let opened: (microphone: OpenMicrophone | undefined) => void;
let recording: VoiceRecording;

const microphone = (): OpenMicrophone => ({
  level: () => level,
  stop: async () => {
    log.push("stop");
    return new Blob([new Uint8Array(5)], { type: "audio/webm" });
  },
  discard: () => void log.push("discard"),
});

beforeEach(() => {
  [log, nowMs, level, tick] = [[], 1_000, 0.1, () => undefined];
  recording = new VoiceRecording({
    open: () => {
      log.push("open");
      return new Promise((resolve) => {
        opened = resolve;
      });
    },
    nowMs: () => nowMs,
    everyTick: (run) => {
      tick = run;
      return () => {
        tick = () => undefined;
      };
    },
  });
});

async function begun(): Promise<void> {
  const starting = recording.start();
  opened(microphone());
  await starting;
}

function speak(durationMs: number, loud: number): void {
  level = loud;
  nowMs += durationMs;
  tick();
}

describe("a voice message", () => {
  it("K5: nothing is opened before the press, and the microphone is off after it was sent or thrown away", async () => {
    expect(log).toEqual([]);
    await begun();
    expect(recording.getSnapshot().state).toBe("on");
    speak(100, 0.2);
    recording.cancel();
    expect([log, recording.getSnapshot().state]).toEqual([["open", "discard"], "off"]);
    await begun();
    speak(200, 0.35);
    expect(recording.getSnapshot()).toEqual({ state: "on", elapsedMs: 200, levels: [0.35] });
    const message = await recording.finish();
    expect([message?.durationMs, message?.sound.type, [...(message?.waveform ?? [])]]).toEqual([200, "audio/webm", [255]]);
    expect(log).toEqual(["open", "discard", "open", "stop"]);
  });

  it("K5: a microphone that opens after the person thought better of it is turned off at once", async () => {
    const starting = recording.start();
    recording.cancel();
    opened(microphone());
    await starting;
    expect([log, recording.getSnapshot().state]).toEqual([["open", "discard"], "off"]);
    const again = recording.start();
    recording.dispose();
    opened(microphone());
    await again;
    expect(log.at(-1)).toBe("discard");
  });

  it("says when there is no microphone, and can be tried again", async () => {
    const starting = recording.start();
    opened(undefined);
    await starting;
    expect(recording.getSnapshot().state).toBe("refused");
    await begun();
    expect(recording.getSnapshot().state).toBe("on");
  });

  it("ends by itself after a quarter of an hour and waits to be sent", async () => {
    await begun();
    speak(14 * MINUTE_MS, 0.1);
    speak(2 * MINUTE_MS, 0.1);
    expect(log).toEqual(["open", "stop"]);
    nowMs += MINUTE_MS;
    expect(await recording.finish()).toMatchObject({ durationMs: 15 * MINUTE_MS });
    expect(log).toEqual(["open", "stop"]);
  });
});

it("a waveform keeps the loudest of each part, whatever their number", () => {
  expect([...waveformOf([0, 0.35, 0.1, 0.7], 2)]).toEqual([255, 255]);
  expect([...waveformOf([0, 0.07, 0.14], 48)]).toEqual([0, 51, 102]);
  expect(waveformOf([], 48)).toEqual(Uint8Array.of(0));
  expect(
    waveformOf(
      Array.from({ length: 5_000 }, () => 0.1),
      48,
    ),
  ).toHaveLength(48);
});
