// Sound for terminals, made and judged by a browser's own codec.
import { readFileSync, writeFileSync } from "node:fs";
import { OggOpusWriter } from "../../apps/cli/src/call/ogg-opus.ts";
import type { Person } from "../rig/person.ts";

/** Writes an Ogg Opus file of a second and a half of 440 Hz. */
export async function toneFile({ page }: Person, path: string): Promise<void> {
  const packets = await page.evaluate(async () => {
    const made: number[][] = [];
    const encoder = new AudioEncoder({
      output: (chunk) => {
        const bytes = new Uint8Array(chunk.byteLength);
        chunk.copyTo(bytes);
        made.push([...bytes]);
      },
      error: () => undefined,
    });
    encoder.configure({ codec: "opus", sampleRate: 48_000, numberOfChannels: 1 });
    const data = Float32Array.from({ length: 72_000 }, (_, at) => Math.sin((2 * Math.PI * 440 * at) / 48_000) / 2);
    const format = { format: "f32", sampleRate: 48_000, numberOfChannels: 1, numberOfFrames: data.length, timestamp: 0 } as const;
    encoder.encode(new AudioData({ ...format, data }));
    await encoder.flush();
    return made;
  });
  const pages: Uint8Array[] = [];
  const writer = new OggOpusWriter(1, (one) => pages.push(one));
  for (const bytes of packets) writer.add({ bytes: Uint8Array.from(bytes), samples: 960 });
  writer.end();
  writeFileSync(path, Buffer.concat(pages));
}

/** What the browser makes of a sound file: how long it is, and how loud at its loudest. */
export async function decodedBy({ page }: Person, path: string): Promise<{ readonly seconds: number; readonly peak: number }> {
  return page.evaluate(
    async (bytes) => {
      const sound = await new OfflineAudioContext(1, 1, 48_000).decodeAudioData(Uint8Array.from(bytes).buffer);
      return {
        seconds: sound.duration,
        peak: sound.getChannelData(0).reduce((most, one) => Math.max(most, Math.abs(one)), 0),
      };
    },
    [...readFileSync(path)],
  );
}
