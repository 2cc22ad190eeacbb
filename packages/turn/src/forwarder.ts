// The way of the media: what a client sends to a peer, and what peers send back. Nothing here waits, and nothing is kept.
import type { Allocation, Relay } from "./allocation.ts";
import type { AllocationTable } from "./allocation-table.ts";
import { encodeChannelData } from "./channel-data.ts";
import type { TurnCounters } from "./counters.ts";
import type { TransportAddress } from "./ip-address.ts";
import type { TurnDeps, TurnOptions } from "./ports.ts";
import { ByteBucket } from "./quotas.ts";
import { ATTRIBUTE, METHOD } from "./stun/attributes.ts";
import { encodeStunMessage } from "./stun/message.ts";
import { encodeXorAddress } from "./stun/values.ts";

export class Forwarder {
  readonly #options: TurnOptions;
  readonly #deps: TurnDeps;
  readonly #table: AllocationTable;
  readonly #counters: TurnCounters;
  readonly #bucket: ByteBucket;

  constructor(options: TurnOptions, deps: TurnDeps, table: AllocationTable, counters: TurnCounters) {
    this.#options = options;
    this.#deps = deps;
    this.#table = table;
    this.#counters = counters;
    this.#bucket = new ByteBucket(options.quotas.bytesPerSecond, deps.ticks.nowMs());
  }

  /** The caller has looked whether the client may talk to this peer. */
  toPeer(allocation: Allocation, peer: TransportAddress, data: Uint8Array): void {
    const relay = allocation.relayOf(peer.family);
    // A permission may name port 0; nobody is there.
    if (relay === undefined || peer.port === 0) return;
    if (!this.#isWithinQuota(allocation, data.length)) return;
    this.#counters.packetsToPeers += 1;
    this.#counters.bytesToPeers += data.length;
    if (peer.ip === this.#options.relayIps[peer.family]) this.#toOwnRelay(relay, peer, data);
    else relay.socket.send(data, peer.ip, peer.port);
  }

  fromPeer(allocation: Allocation, relay: Relay, data: Uint8Array, ip: string, port: number): void {
    const nowMs = this.#deps.ticks.nowMs();
    if (!allocation.isPermitted(ip, nowMs) || allocation.expiresAtMs <= nowMs) {
      this.#counters.droppedWithoutPermission += 1;
      return;
    }
    if (!this.#isWithinQuota(allocation, data.length)) return;
    this.#counters.packetsToClients += 1;
    this.#counters.bytesToClients += data.length;
    const { link, ip: clientIp, port: clientPort } = allocation.client;
    const channel = allocation.channelTo(ip, port, nowMs);
    if (channel !== undefined) {
      link.send(encodeChannelData(channel.number, data, link.isStream), clientIp, clientPort);
      return;
    }
    const head = { class: "indication", method: METHOD.data, transactionId: this.#deps.random(12) } as const;
    const peer = encodeXorAddress(ATTRIBUTE.xorPeerAddress, { family: relay.family, ip, port }, head.transactionId);
    link.send(encodeStunMessage(head, [peer, { type: ATTRIBUTE.data, value: data }]), clientIp, clientPort);
  }

  /**
   * Two who both hide behind this relay meet here. The packet never leaves: a relayed port of this node is the only place on its own
   * addresses that anything is delivered to, so that nothing reaches its other programs, and no packet goes round in circles (R1 R5).
   */
  #toOwnRelay(from: Relay, peer: TransportAddress, data: Uint8Array): void {
    const target = this.#table.ofRelay(peer.family, peer.port);
    if (target === undefined) this.#counters.droppedWithoutPermission += 1;
    else this.fromPeer(target.allocation, target.relay, data, from.address.ip, from.address.port);
  }

  #isWithinQuota({ lease, bucket }: Allocation, bytes: number): boolean {
    const nowMs = this.#deps.ticks.nowMs();
    const { bytesPerLeasePerDay } = this.#options.quotas;
    const isWithin =
      bucket.take(bytes, nowMs) && this.#bucket.take(bytes, nowMs) && lease.take(bytes, bytesPerLeasePerDay, nowMs);
    if (!isWithin) this.#counters.droppedOverQuota += 1;
    return isWithin;
  }
}
