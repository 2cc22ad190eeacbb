// Packets in the order in which they were sent: one that was overtaken is waited for a little, and then counts as lost.

const MAX_WAITING = 8;
/** Further apart than this, numbers say nothing about order (RFC 3550 has 16 bits of them). */
const HALF = 0x80_00;

export class RtpOrder<Packet extends { readonly sequenceNumber: number }> {
  readonly #waiting: Packet[] = [];
  #next: number | undefined;

  /** @returns what can be used now, in order. */
  take(packet: Packet): readonly Packet[] {
    const next = this.#next ?? packet.sequenceNumber;
    this.#next = next;
    if (ahead(packet.sequenceNumber, next) >= HALF) return []; // too late, or a second time
    if (this.#waiting.some(({ sequenceNumber }) => sequenceNumber === packet.sequenceNumber)) return [];
    this.#waiting.push(packet);
    this.#waiting.sort((one, other) => ahead(one.sequenceNumber, next) - ahead(other.sequenceNumber, next));
    if (this.#waiting.length > MAX_WAITING) this.#next = this.#waiting[0]?.sequenceNumber;
    const ready: Packet[] = [];
    for (let first = this.#waiting[0]; first !== undefined && first.sequenceNumber === this.#next; first = this.#waiting[0]) {
      this.#waiting.shift();
      ready.push(first);
      this.#next = (first.sequenceNumber + 1) & 0xff_ff;
    }
    return ready;
  }

  /** Everything that still waits. */
  rest(): readonly Packet[] {
    return this.#waiting.splice(0);
  }
}

function ahead(one: number, other: number): number {
  return (one - other) & 0xff_ff;
}
