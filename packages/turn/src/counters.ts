/** Counts since the start, for metrics. Names become labels. */
export class TurnCounters {
  allocationsMade = 0;
  packetsToPeers = 0;
  bytesToPeers = 0;
  packetsToClients = 0;
  bytesToClients = 0;
  /** Not relayed: over a quota of bytes; nobody allowed to hear it or be heard. */
  droppedOverQuota = 0;
  droppedWithoutPermission = 0;
  /** Neither STUN nor ChannelData, or not whole. */
  malformed = 0;
  /** Strangers who got no answer because they asked too often. */
  unanswered = 0;
  readonly refusals = new Map<number, number>();

  refused(code: number): void {
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
  }
}
