// The page's microphone, recorded by the browser itself. It is asked for when it is needed, and off as soon as it is not (K5).
import type { OpenMicrophone } from "../model/voice-recording.ts";

/** What browsers record, best first; Safari has the last one. */
const TYPES = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];
/** Speech. */
const BITS_PER_SECOND = 32_000;
const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true } as const;

/** Often enough for a picture of how loud it is. */
const TICK_MS = 60;

export function everyTick(run: () => void): () => void {
  const timer = setInterval(run, TICK_MS);
  return () => clearInterval(timer);
}

export async function openMicrophone(): Promise<OpenMicrophone | undefined> {
  const type = "MediaRecorder" in globalThis ? TYPES.find((one) => MediaRecorder.isTypeSupported(one)) : undefined;
  if (type === undefined || navigator.mediaDevices === undefined) return undefined;
  const stream = await navigator.mediaDevices.getUserMedia({ audio: SOUND }).catch(() => undefined); // not allowed, or none: said
  if (stream === undefined) return undefined;
  const meter = meterOf(stream);
  const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: BITS_PER_SECOND });
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const stopped = new Promise<void>((resolve) => {
    recorder.onstop = () => resolve();
  });
  recorder.start();
  const off = (): void => {
    if (recorder.state !== "inactive") recorder.stop();
    for (const track of stream.getTracks()) track.stop();
    meter.close();
  };
  return {
    level: meter.level,
    stop: async () => {
      off();
      await stopped;
      return new Blob(parts, { type: type.split(";")[0] ?? type });
    },
    discard: off,
  };
}

function meterOf(stream: MediaStream): { readonly level: () => number; readonly close: () => void } {
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 1_024 });
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return {
    level: () => {
      analyser.getFloatTimeDomainData(samples);
      return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
    },
    close: () => void context.close(),
  };
}
