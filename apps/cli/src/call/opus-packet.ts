// What can be said of an Opus packet without decoding it (RFC 6716 section 3.1). Times are in samples of 48 kHz, as in RTP (RFC 7587).

export const OPUS_RATE = 48_000;
const MAX_SAMPLES = 5_760;
/** 48 frames of 1,275 bytes, with the lengths of all but the last. */
const MAX_BYTES = 2 + 47 * 2 + 48 * 1_275;
const SILK = [480, 960, 1_920, 2_880] as const;
const HYBRID = [480, 960] as const;
const CELT = [120, 240, 480, 960] as const;

/** @returns how long it sounds; undefined for what is no Opus packet. */
export function opusSamples(packet: Uint8Array): number | undefined {
  const [toc, count = 0] = packet;
  if (toc === undefined || packet.length > MAX_BYTES) return undefined;
  const code = toc & 3;
  if (code === 3 && packet.length < 2) return undefined;
  const frames = code === 0 ? 1 : code === 3 ? count & 63 : 2;
  const samples = frames * frameSamples(toc >> 3);
  return samples > 0 && samples <= MAX_SAMPLES ? samples : undefined;
}

function frameSamples(configuration: number): number {
  if (configuration < 12) return SILK[(configuration & 3) as 0 | 1 | 2 | 3];
  return configuration < 16 ? HYBRID[(configuration & 1) as 0 | 1] : CELT[(configuration & 3) as 0 | 1 | 2 | 3];
}

/** Packets without sound in place of some that did not come, as RFC 7845 section 4.1 wants it: a decoder conceals them. */
export function lostPackets(after: Uint8Array, samples: number): readonly Uint8Array[] {
  const toc = (after[0] ?? 0) & ~3;
  const each = frameSamples(toc >> 3);
  return Array.from({ length: Math.floor(samples / each) }, () => Uint8Array.of(toc));
}
