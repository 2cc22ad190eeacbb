/** Overwrites secrets that are no longer needed. Best effort: the engine may hold other copies. */
export function wipe(secrets: Iterable<Uint8Array>): void {
  for (const secret of secrets) secret.fill(0);
}
