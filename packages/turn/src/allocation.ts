// One client's right to be relayed: its addresses towards peers, whom it hears, and its channels (RFC 8656 sections 5, 9 and 12).
import type { IpFamily, TransportAddress } from "./ip-address.ts";
import type { ClientLink, RelaySocket } from "./ports.ts";
import type { ByteBucket, LeaseAccount } from "./quotas.ts";

const PERMISSION_LIFETIME_MS = 300_000;
const CHANNEL_LIFETIME_MS = 600_000;
const MAX_PERMISSIONS = 256;

export interface ClientAddress {
  readonly link: ClientLink;
  readonly ip: string;
  readonly port: number;
  /** Connection, or socket, address and port: what RFC 8656 calls a 5-tuple. */
  readonly key: string;
}

export interface Relay {
  readonly family: IpFamily;
  readonly socket: RelaySocket;
  /** As peers see it. */
  readonly address: TransportAddress;
}

export interface Channel {
  readonly number: number;
  readonly peer: TransportAddress;
  expiresAtMs: number;
}

interface AllocationFields {
  readonly client: ClientAddress;
  readonly username: string;
  /** Of the long-term credential. */
  readonly key: Uint8Array;
  readonly lease: LeaseAccount;
  readonly bucket: ByteBucket;
  readonly relays: readonly Relay[];
  readonly transactionId: Uint8Array;
  readonly nowMs: number;
  readonly expiresAtMs: number;
}

export class Allocation {
  readonly client: ClientAddress;
  readonly username: string;
  readonly key: Uint8Array;
  readonly lease: LeaseAccount;
  readonly bucket: ByteBucket;
  readonly transactionId: Uint8Array;
  readonly createdAtMs: number;
  relays: readonly Relay[];
  expiresAtMs: number;
  /** The answer to the request that made it, for when that request comes again. */
  answer: Uint8Array = new Uint8Array(0);
  readonly #permissions = new Map<string, number>();
  readonly #channels = new Map<number, Channel>();
  readonly #channelsByPeer = new Map<string, Channel>();

  constructor({ client, username, key, lease, bucket, relays, transactionId, nowMs, expiresAtMs }: AllocationFields) {
    this.client = client;
    this.username = username;
    this.key = key;
    this.lease = lease;
    this.bucket = bucket;
    this.relays = relays;
    this.transactionId = transactionId;
    this.createdAtMs = nowMs;
    this.expiresAtMs = expiresAtMs;
  }

  relayOf(family: IpFamily): Relay | undefined {
    return this.relays.find((relay) => relay.family === family);
  }

  /** @returns false when there are too many. */
  permit(ips: readonly string[], nowMs: number): boolean {
    const added = new Set(ips.filter((ip) => !this.#permissions.has(ip)));
    if (this.#permissions.size + added.size > MAX_PERMISSIONS) return false;
    for (const ip of ips) this.#permissions.set(ip, nowMs + PERMISSION_LIFETIME_MS);
    return true;
  }

  isPermitted(ip: string, nowMs: number): boolean {
    return (this.#permissions.get(ip) ?? 0) > nowMs;
  }

  channel(number: number, nowMs: number): Channel | undefined {
    const channel = this.#channels.get(number);
    return channel !== undefined && channel.expiresAtMs > nowMs ? channel : undefined;
  }

  channelTo(ip: string, port: number, nowMs: number): Channel | undefined {
    if (this.#channels.size === 0) return undefined;
    const channel = this.#channelsByPeer.get(`${ip} ${port}`);
    return channel !== undefined && channel.expiresAtMs > nowMs ? channel : undefined;
  }

  /** Binds, or keeps a binding for longer. @returns false when number or peer is bound otherwise (RFC 8656 section 12.2). */
  bind(number: number, peer: TransportAddress, nowMs: number): boolean {
    const [byNumber, byPeer] = [this.channel(number, nowMs), this.channelTo(peer.ip, peer.port, nowMs)];
    if (byNumber !== byPeer) return false;
    const channel = byNumber ?? { number, peer, expiresAtMs: 0 };
    channel.expiresAtMs = nowMs + CHANNEL_LIFETIME_MS;
    this.#channels.set(number, channel);
    this.#channelsByPeer.set(`${peer.ip} ${peer.port}`, channel);
    return true;
  }

  /** Lets go of what has expired. */
  sweep(nowMs: number): void {
    for (const [ip, expiresAtMs] of this.#permissions) if (expiresAtMs <= nowMs) this.#permissions.delete(ip);
    for (const [number, channel] of this.#channels) {
      if (channel.expiresAtMs > nowMs) continue;
      this.#channels.delete(number);
      const peer = `${channel.peer.ip} ${channel.peer.port}`;
      if (this.#channelsByPeer.get(peer) === channel) this.#channelsByPeer.delete(peer);
    }
  }
}
