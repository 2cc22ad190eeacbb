// The sounds of a call test: how loud a microphone is, a few seconds of it said back, and a tone for the speaker.

/** Of a voice close to a microphone; what is louder is shown as loud. */
const LOUD = 0.35;
const TONE_HZ = 440;
const TONE_S = 1;
const TONE_LOUDNESS = 0.2;
const FADE_S = 0.05;

export class Sound {
  #context: AudioContext | undefined;

  /** @returns 0 to 1. */
  meter(track: MediaStreamTrack): { level(): number; close(): void } {
    const context = this.#open();
    const source = context.createMediaStreamSource(new MediaStream([track]));
    const analyser = context.createAnalyser();
    source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    return {
      level: () => {
        analyser.getFloatTimeDomainData(samples);
        return Math.min(1, Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length) / LOUD);
      },
      close: () => source.disconnect(),
    };
  }

  /** Records until `until` says so. */
  async record(track: MediaStreamTrack, until: (stop: () => void) => void): Promise<AudioBuffer> {
    const recorder = new MediaRecorder(new MediaStream([track]));
    const parts: Blob[] = [];
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    const stopped = new Promise<void>((resolve) => {
      recorder.addEventListener("stop", () => resolve(), { once: true });
    });
    recorder.start();
    until(() => {
      if (recorder.state === "recording") recorder.stop();
    });
    await stopped;
    return this.#open().decodeAudioData(await new Blob(parts).arrayBuffer());
  }

  play(sound: AudioBuffer): Promise<void> {
    const context = this.#open();
    const source = context.createBufferSource();
    source.buffer = sound;
    source.connect(context.destination);
    return ended(source);
  }

  tone(): Promise<void> {
    const context = this.#open();
    const [oscillator, gain] = [context.createOscillator(), context.createGain()];
    const now = context.currentTime;
    oscillator.frequency.value = TONE_HZ;
    gain.gain.setValueAtTime(0, now);
    gain.gain.linearRampToValueAtTime(TONE_LOUDNESS, now + FADE_S);
    gain.gain.setValueAtTime(TONE_LOUDNESS, now + TONE_S - FADE_S);
    gain.gain.linearRampToValueAtTime(0, now + TONE_S);
    oscillator.connect(gain).connect(context.destination);
    oscillator.stop(now + TONE_S);
    return ended(oscillator);
  }

  close(): void {
    void this.#context?.close();
    this.#context = undefined;
  }

  /** After a press: before one, browsers give no sound. */
  #open(): AudioContext {
    this.#context ??= new AudioContext();
    return this.#context;
  }
}

function ended(source: AudioScheduledSourceNode): Promise<void> {
  return new Promise((resolve) => {
    source.addEventListener("ended", () => resolve(), { once: true });
    source.start();
  });
}
