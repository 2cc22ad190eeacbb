// Makes allocations: looks at the wishes of an Allocate request, opens the ports, and says where they are.
import type { AllocationTable, PortWish } from "./allocation-table.ts";
import { type Answer, fail, lifetimeOf, mappedAddress, type Request } from "./answer.ts";
import type { Caller } from "./authenticate.ts";
import type { TurnCounters } from "./counters.ts";
import type { Forwarder } from "./forwarder.ts";
import type { TurnOptions } from "./ports.ts";
import { ATTRIBUTE, ERROR, TRANSPORT_UDP } from "./stun/attributes.ts";
import type { StunMessage } from "./stun/message.ts";
import {
  attributeOf,
  decodeFamily,
  encodeAddressError,
  encodeUint32,
  encodeUnknownAttributes,
  encodeXorAddress,
} from "./stun/values.ts";

export class Opener {
  readonly #options: TurnOptions;
  readonly #table: AllocationTable;
  readonly #forwarder: Forwarder;
  readonly #counters: TurnCounters;

  constructor(options: TurnOptions, table: AllocationTable, forwarder: Forwarder, counters: TurnCounters) {
    this.#options = options;
    this.#table = table;
    this.#forwarder = forwarder;
    this.#counters = counters;
  }

  async open({ message, client, caller }: Request): Promise<Answer> {
    const token = attributeOf(message, ATTRIBUTE.reservationToken);
    const wish = wishOf(attributeOf(message, ATTRIBUTE.evenPort));
    const family = decodeFamily(attributeOf(message, ATTRIBUTE.requestedAddressFamily)) === "ipv6" ? "ipv6" : "ipv4";
    const reserved = token === undefined ? undefined : this.#table.claim(token, caller);
    const opened =
      token === undefined ? await this.#table.open(family, wish, caller) : reserved && { relay: reserved, token: undefined };
    if (opened === undefined) return fail(ERROR.insufficientCapacity);
    const additional = attributeOf(message, ATTRIBUTE.additionalAddressFamily);
    const second = additional === undefined ? undefined : await this.#openSecond(caller);
    const relays = [opened.relay, ...(second?.relay === undefined ? [] : [second.relay])];
    // Others may have come while the port was opened, and this one may have gone.
    const code = client.link.isOpen() ? this.#table.refusalFor(client, caller) : ERROR.allocationMismatch;
    if (code !== undefined) {
      for (const { socket } of relays) socket.close();
      return fail(code);
    }
    const lifetimeS = lifetimeOf(message);
    const allocation = this.#table.add({
      client,
      caller,
      relays,
      transactionId: message.transactionId.slice(),
      lifetimeMs: lifetimeS * 1000,
    });
    for (const relay of relays) {
      relay.socket.receive((data, ip, port) => this.#forwarder.fromPeer(allocation, relay, data, ip, port));
    }
    this.#counters.allocationsMade += 1;
    const { transactionId } = message;
    return {
      kind: "success",
      attributes: [
        ...relays.map(({ address }) => encodeXorAddress(ATTRIBUTE.xorRelayedAddress, address, transactionId)),
        ...(second?.code === undefined ? [] : [encodeAddressError("ipv6", second.code)]),
        encodeUint32(ATTRIBUTE.lifetime, lifetimeS),
        ...(opened.token === undefined ? [] : [{ type: ATTRIBUTE.reservationToken, value: opened.token }]),
        mappedAddress(client, transactionId),
      ],
    };
  }

  /** An IPv6 address beside the IPv4 one; without it the allocation is made all the same (RFC 8656 section 7.2). */
  async #openSecond(caller: Caller) {
    if (this.#options.relayIps.ipv6 === undefined) return { code: ERROR.addressFamilyNotSupported } as const;
    const opened = await this.#table.open("ipv6", "any", caller);
    return opened === undefined ? ({ code: ERROR.insufficientCapacity } as const) : ({ relay: opened.relay } as const);
  }
}

/** What is wrong with an Allocate request (RFC 8656 section 7.2). */
export function refusalOfAllocate(message: StunMessage, relayIps: TurnOptions["relayIps"]): Answer | undefined {
  const transport = attributeOf(message, ATTRIBUTE.requestedTransport);
  if (transport?.length !== 4) return fail(ERROR.badRequest);
  if (transport[0] !== TRANSPORT_UDP) return fail(ERROR.unsupportedTransport);
  if (attributeOf(message, ATTRIBUTE.dontFragment) !== undefined) {
    return { ...fail(ERROR.unknownAttribute), attributes: [encodeUnknownAttributes([ATTRIBUTE.dontFragment])] };
  }
  const evenPort = attributeOf(message, ATTRIBUTE.evenPort);
  const token = attributeOf(message, ATTRIBUTE.reservationToken);
  const family = decodeFamily(attributeOf(message, ATTRIBUTE.requestedAddressFamily));
  const additional = decodeFamily(attributeOf(message, ATTRIBUTE.additionalAddressFamily));
  const reservesNext = ((evenPort?.[0] ?? 0) & 0x80) !== 0;
  const isContradictory =
    (token !== undefined && (token.length !== 8 || evenPort !== undefined || family !== undefined || additional !== undefined)) ||
    (evenPort !== undefined && evenPort.length !== 1) ||
    (family !== undefined && additional !== undefined) ||
    additional === "ipv4" ||
    (additional !== undefined && reservesNext);
  if (isContradictory) return fail(ERROR.badRequest);
  const wanted = family ?? "ipv4";
  const isOffered = wanted !== "unknown" && (token !== undefined || relayIps[wanted] !== undefined);
  return isOffered ? undefined : fail(ERROR.addressFamilyNotSupported);
}

function wishOf(evenPort: Uint8Array | undefined): PortWish {
  if (evenPort === undefined) return "any";
  return ((evenPort[0] ?? 0) & 0x80) === 0 ? "even" : "evenAndNext";
}
