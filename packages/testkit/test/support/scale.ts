/** Of the full count of a long test, what P2PCRYPT_SCALE asks for: 0.001 of 100,000 is 100. All of it without the variable. */
export function scaled(full: number): number {
  const scale = Number(process.env["P2PCRYPT_SCALE"] ?? 1);
  if (!(scale > 0)) throw new RangeError("P2PCRYPT_SCALE is a number above 0");
  return Math.max(1, Math.round(full * scale));
}
