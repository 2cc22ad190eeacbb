// Every allocation, by client and by relayed port; whose they are; and the ports that were promised but not taken yet.
import { encodeHex } from "@p2pcrypt/bytes";
import { Allocation, type ClientAddress, type Relay } from "./allocation.ts";
import type { Caller } from "./authenticate.ts";
import type { IpFamily } from "./ip-address.ts";
import type { RelaySocket, TurnDeps, TurnOptions } from "./ports.ts";
import { ByteBucket, householdOf, LeaseAccount } from "./quotas.ts";
import { ERROR } from "./stun/attributes.ts";

const SWEEP_INTERVAL_MS = 1_000;
const RESERVATION_LIFETIME_MS = 30_000;
const TOKEN_BYTES = 8;
/** Ports of other programs lie in the range too. */
const MAX_PORT_ATTEMPTS = 60;

export type PortWish = "any" | "even" | "evenAndNext";

interface Reservation {
  readonly family: IpFamily;
  readonly socket: RelaySocket;
  readonly username: string;
  readonly expiresAtMs: number;
}

export interface NewAllocation {
  readonly client: ClientAddress;
  readonly caller: Caller;
  readonly relays: readonly Relay[];
  readonly transactionId: Uint8Array;
  readonly lifetimeMs: number;
}

export class AllocationTable {
  readonly #options: TurnOptions;
  readonly #deps: TurnDeps;
  readonly #byClient = new Map<string, Allocation>();
  readonly #byRelay = new Map<string, { readonly allocation: Allocation; readonly relay: Relay }>();
  readonly #leases = new Map<string, LeaseAccount>();
  readonly #households = new Map<string, number>();
  readonly #reservations = new Map<string, Reservation>();
  #stopSweeping: () => void;

  constructor(options: TurnOptions, deps: TurnDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#stopSweeping = deps.timers.after(SWEEP_INTERVAL_MS, () => this.#sweep());
  }

  get size(): number {
    return this.#byClient.size;
  }

  ofClient(key: string): Allocation | undefined {
    return this.#byClient.get(key);
  }

  ofRelay(family: IpFamily, port: number): { readonly allocation: Allocation; readonly relay: Relay } | undefined {
    return this.#byRelay.get(`${family} ${port}`);
  }

  /** Why this client may not have an allocation now. */
  refusalFor({ ip }: ClientAddress, { lease }: Caller): 486 | 508 | undefined {
    const { quotas } = this.#options;
    if (this.#byClient.size >= quotas.allocations) return ERROR.insufficientCapacity;
    const ofLease = this.#leases.get(lease)?.allocations ?? 0;
    const ofHousehold = this.#households.get(householdOf(ip)) ?? 0;
    const isOver = ofLease >= quotas.allocationsPerLease || ofHousehold >= quotas.allocationsPerAddress;
    return isOver ? ERROR.allocationQuotaReached : undefined;
  }

  add({ client, caller, relays, transactionId, lifetimeMs }: NewAllocation): Allocation {
    const nowMs = this.#deps.ticks.nowMs();
    const lease = this.#leases.get(caller.lease) ?? new LeaseAccount(nowMs);
    this.#leases.set(caller.lease, lease);
    lease.allocations += 1;
    const household = householdOf(client.ip);
    this.#households.set(household, (this.#households.get(household) ?? 0) + 1);
    const allocation = new Allocation({
      client,
      username: caller.username,
      key: caller.key,
      lease,
      bucket: new ByteBucket(this.#options.quotas.bytesPerSecondPerAllocation, nowMs),
      relays,
      transactionId,
      nowMs,
      expiresAtMs: nowMs + lifetimeMs,
    });
    this.#byClient.set(client.key, allocation);
    for (const relay of relays) this.#byRelay.set(`${relay.family} ${relay.address.port}`, { allocation, relay });
    return allocation;
  }

  remove(allocation: Allocation): void {
    const { client, lease } = allocation;
    if (this.#byClient.get(client.key) !== allocation) return;
    this.#byClient.delete(client.key);
    for (const relay of allocation.relays) this.#drop(relay);
    allocation.relays = [];
    lease.allocations -= 1;
    const household = householdOf(client.ip);
    const others = (this.#households.get(household) ?? 1) - 1;
    if (others === 0) this.#households.delete(household);
    else this.#households.set(household, others);
  }

  /** Gives one of two relayed addresses back (RFC 8656 section 7.3). */
  removeRelay(allocation: Allocation, relay: Relay): void {
    allocation.relays = allocation.relays.filter((one) => one !== relay);
    this.#drop(relay);
    if (allocation.relays.length === 0) this.remove(allocation);
  }

  /** @returns undefined when no port is to be had. `token` names the port after it, for `evenAndNext`. */
  async open(
    family: IpFamily,
    wish: PortWish,
    { username }: Caller,
  ): Promise<{ readonly relay: Relay; readonly token: Uint8Array | undefined } | undefined> {
    for (let attempt = 0; attempt < MAX_PORT_ATTEMPTS; attempt++) {
      const port = this.#randomPort(wish);
      if (port === undefined || this.#byRelay.has(`${family} ${port}`)) continue;
      const socket = await this.#deps.openRelay(family, port);
      if (socket === undefined) continue;
      if (wish !== "evenAndNext") return { relay: this.#relayOf(family, socket), token: undefined };
      const next = await this.#deps.openRelay(family, port + 1);
      if (next === undefined) socket.close();
      else return { relay: this.#relayOf(family, socket), token: this.#reserve(family, next, username) };
    }
    return undefined;
  }

  /** Redeems a reservation, once and by whoever made it. */
  claim(token: Uint8Array, { username }: Caller): Relay | undefined {
    const name = encodeHex(token);
    const reserved = this.#reservations.get(name);
    if (reserved === undefined || reserved.username !== username || reserved.expiresAtMs <= this.#deps.ticks.nowMs())
      return undefined;
    this.#reservations.delete(name);
    return this.#relayOf(reserved.family, reserved.socket);
  }

  clear(): void {
    this.#stopSweeping();
    for (const allocation of [...this.#byClient.values()]) this.remove(allocation);
    for (const { socket } of this.#reservations.values()) socket.close();
    this.#reservations.clear();
  }

  #relayOf(family: IpFamily, socket: RelaySocket): Relay {
    return { family, socket, address: { family, ip: this.#options.relayIps[family] ?? "", port: socket.port } };
  }

  #reserve(family: IpFamily, socket: RelaySocket, username: string): Uint8Array {
    const token = this.#deps.random(TOKEN_BYTES);
    const expiresAtMs = this.#deps.ticks.nowMs() + RESERVATION_LIFETIME_MS;
    this.#reservations.set(encodeHex(token), { family, socket, username, expiresAtMs });
    return token;
  }

  #randomPort(wish: PortWish): number | undefined {
    const { first, last } = this.#options.ports;
    const [high = 0, low = 0] = this.#deps.random(2);
    const port = first + ((high * 256 + low) % (last - first + 1));
    const even = wish === "any" ? port : port - (port % 2);
    const isInside = even >= first && even + (wish === "evenAndNext" ? 1 : 0) <= last;
    return isInside ? even : undefined;
  }

  #drop({ family, address, socket }: Relay): void {
    this.#byRelay.delete(`${family} ${address.port}`);
    socket.close();
  }

  #sweep(): void {
    const nowMs = this.#deps.ticks.nowMs();
    for (const allocation of [...this.#byClient.values()]) {
      if (allocation.expiresAtMs <= nowMs) this.remove(allocation);
      else allocation.sweep(nowMs);
    }
    for (const [name, { socket, expiresAtMs }] of this.#reservations) {
      if (expiresAtMs > nowMs) continue;
      this.#reservations.delete(name);
      socket.close();
    }
    for (const [name, lease] of this.#leases) if (lease.isForgettable(nowMs)) this.#leases.delete(name);
    this.#stopSweeping = this.#deps.timers.after(SWEEP_INTERVAL_MS, () => this.#sweep());
  }
}
