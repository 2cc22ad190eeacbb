// The sound of a telephone, made and not fetched. A browser that was not touched yet lets no page sound: then the screen and the
// notification are what is left.
const TONES: Readonly<
  Record<"ringing" | "calling", { readonly hertz: readonly number[]; readonly onS: number; readonly everyS: number }>
> = {
  ringing: { hertz: [480, 620], onS: 1, everyS: 3 },
  calling: { hertz: [425], onS: 1, everyS: 4 },
};

/** @returns how to stop. */
export function startRinging(kind: keyof typeof TONES, everySecond: (run: () => void) => () => void): () => void {
  const { hertz, onS, everyS } = TONES[kind];
  const context = new AudioContext();
  const beep = (): void => {
    const gain = context.createGain();
    gain.gain.value = kind === "ringing" ? 0.08 : 0.03;
    gain.connect(context.destination);
    for (const frequency of hertz) {
      const tone = context.createOscillator();
      tone.frequency.value = frequency;
      tone.connect(gain);
      tone.start();
      tone.stop(context.currentTime + onS);
    }
  };
  beep();
  let seconds = 0;
  const stop = everySecond(() => {
    seconds += 1;
    if (seconds % everyS === 0) beep();
  });
  return () => {
    stop();
    void context.close();
  };
}
