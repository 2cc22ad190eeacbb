// What a TURN server needs from outside: time, randomness, a way back to clients, and sockets towards peers.
import type { Clock, RandomBytes, Timers } from "@p2pcrypt/bytes";
import type { IpFamily } from "./ip-address.ts";
import type { PeerPolicy } from "./peer-policy.ts";
import type { TurnQuotas } from "./quotas.ts";

/** A socket that clients talk to: one for all of them over UDP, one connection of a client over TCP or TLS. */
export interface ClientLink {
  /** No two have the same. */
  readonly id: string;
  /** Over a stream messages are padded, and an allocation ends with the connection. */
  readonly isStream: boolean;
  /** May drop what it cannot send at once. Never throws. */
  send(bytes: Uint8Array, ip: string, port: number): void;
  isOpen(): boolean;
}

/** A UDP socket of one allocation. */
export interface RelaySocket {
  readonly port: number;
  /** Never throws: a peer that cannot be reached costs a packet (ICMP errors included) and nothing else. */
  send(data: Uint8Array, ip: string, port: number): void;
  /** Replaces the receiver. Without one, what arrives is dropped. `ip` is canonical text. */
  receive(receiver: (data: Uint8Array, ip: string, port: number) => void): void;
  close(): void;
}

export interface TurnDeps {
  /** Of the wall: credentials say until when they are good. */
  readonly clock: Clock;
  /** Only goes forward, from anywhere: lifetimes and rates. */
  readonly ticks: Clock;
  readonly timers: Timers;
  readonly random: RandomBytes;
  readonly policy: PeerPolicy;
  /** @returns undefined when the port is taken. */
  readonly openRelay: (family: IpFamily, port: number) => Promise<RelaySocket | undefined>;
}

export interface TurnOptions {
  readonly realm: string;
  /** Shared with whoever makes credentials. */
  readonly secret: string;
  /** The relay's addresses, as peers see them. A family without one is not offered. */
  readonly relayIps: { readonly ipv4?: string | undefined; readonly ipv6?: string | undefined };
  /** Of relayed addresses, both inclusive. */
  readonly ports: { readonly first: number; readonly last: number };
  readonly quotas: TurnQuotas;
}
