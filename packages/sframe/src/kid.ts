/** Of the epoch's number, in a key id. */
const EPOCH_BITS = 4n;
const LEAF_BITS = 32n;

/** The key id of a sender in an epoch (RFC 9605 section 5.2, with E = 4): sixteen epochs have different ones. */
export function kidOf(leaf: number, epoch: bigint): bigint {
  if (!Number.isSafeInteger(leaf) || leaf < 0 || BigInt(leaf) >= 1n << LEAF_BITS) throw new RangeError("leaf");
  return (BigInt(leaf) << EPOCH_BITS) | (epoch & ((1n << EPOCH_BITS) - 1n));
}

/** Whose frames a key id says that they are. */
export function leafOf(kid: bigint): bigint {
  return kid >> EPOCH_BITS;
}
