/** A file below this is as large as one of this size. */
export const MIN_PADDED_BYTES = 4096;

/**
 * Padmé: the size that a file has before it is sealed. A size keeps about as many leading bits as its logarithm has, so that it says
 * little, and costs at most an eighth more (less for large files).
 */
export function paddedBytes(trueBytes: number): number {
  if (!Number.isSafeInteger(trueBytes) || trueBytes < 0) throw new RangeError("trueBytes: a whole number is wanted");
  const size = Math.max(trueBytes, MIN_PADDED_BYTES);
  const exponent = floorLog2(size);
  const kept = floorLog2(exponent) + 1;
  const step = 2 ** (exponent - kept);
  return Math.ceil(size / step) * step;
}

/** Exact up to 2^53, which `Math.log2` is not. */
function floorLog2(value: number): number {
  let exponent = 0;
  for (let rest = value; rest >= 2; rest = Math.floor(rest / 2)) exponent += 1;
  return exponent;
}
