// A STUN and TURN server (RFC 8489, RFC 8656): messages of clients in, answers and packets out. Opens no socket and reads no clock of its own.
//
// Not offered: relays over TCP (RFC 6062), mobility (RFC 8016), setting the don't-fragment bit, and ICMP attributes, since the platform's
// sockets neither set the one nor report the other. The RFC says how a server without them answers.
import { DecodeError } from "@p2pcrypt/bytes";
import type { Allocation, ClientAddress } from "./allocation.ts";
import { AllocationTable } from "./allocation-table.ts";
import { type Answer, fail, isSameTransaction, lifetimeOf, mappedAddress, type Request } from "./answer.ts";
import { type Authority, authenticate } from "./authenticate.ts";
import { decodeChannelData, FIRST_CHANNEL, LAST_CHANNEL } from "./channel-data.ts";
import { TurnCounters } from "./counters.ts";
import { Forwarder } from "./forwarder.ts";
import type { TransportAddress } from "./ip-address.ts";
import { Nonces } from "./nonces.ts";
import { Opener, refusalOfAllocate } from "./opener.ts";
import type { ClientLink, TurnDeps, TurnOptions } from "./ports.ts";
import { StrangerLimit } from "./quotas.ts";
import { ATTRIBUTE, ERROR, type ErrorNumber, METHOD } from "./stun/attributes.ts";
import { decodeStunMessage, encodeStunMessage, isStun, type StunMessage } from "./stun/message.ts";
import {
  attributeOf,
  attributesOfType,
  decodeFamily,
  decodeUint32,
  decodeXorAddress,
  encodeError,
  encodeText,
  encodeUint32,
  encodeUnknownAttributes,
} from "./stun/values.ts";

/** Types below this that a server may not pass over. */
const FIRST_OPTIONAL_ATTRIBUTE = 0x8000;
/** An Allocate with nothing but its transport. What is shorter is no request that credentials would help. */
const MIN_CHALLENGED_BYTES = 28;

export class TurnServer {
  readonly counters = new TurnCounters();
  readonly #options: TurnOptions;
  readonly #deps: TurnDeps;
  readonly #table: AllocationTable;
  readonly #forwarder: Forwarder;
  readonly #authority: Authority;
  readonly #strangers: StrangerLimit;
  readonly #opener: Opener;
  /** Clients whose allocation is being made: opening a port takes a moment, in which the request may come again. */
  readonly #opening = new Set<string>();

  constructor(options: TurnOptions, deps: TurnDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#table = new AllocationTable(options, deps);
    this.#forwarder = new Forwarder(options, deps, this.#table, this.counters);
    // A monotonic clock, since nonces mean nothing to anybody else.
    const nonces = new Nonces(deps.random(32), deps.ticks);
    this.#authority = { realm: options.realm, secret: options.secret, nonces, clock: deps.clock };
    this.#strangers = new StrangerLimit(deps.ticks);
    this.#opener = new Opener(options, this.#table, this.#forwarder, this.counters);
  }

  get allocations(): number {
    return this.#table.size;
  }

  /** One datagram, or one message of a stream. `ip` is canonical text. Never throws for what is in it. */
  received(link: ClientLink, ip: string, port: number, bytes: Uint8Array): void {
    const key = `${link.id} ${ip} ${port}`;
    if (!isStun(bytes)) {
      this.#channelData(key, bytes);
      return;
    }
    let message: StunMessage;
    try {
      message = decodeStunMessage(bytes);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.counters.malformed += 1;
      return;
    }
    const client = { link, ip, port, key };
    if (message.class === "request") this.#request(message, client);
    else if (message.class === "indication" && message.method === METHOD.send) this.#sendIndication(message, client);
  }

  /** A client's connection ended. */
  closed(link: ClientLink, ip: string, port: number): void {
    const allocation = this.#table.ofClient(`${link.id} ${ip} ${port}`);
    if (allocation !== undefined) this.#table.remove(allocation);
  }

  hasAllocation(link: ClientLink, ip: string, port: number): boolean {
    return this.#table.ofClient(`${link.id} ${ip} ${port}`) !== undefined;
  }

  /** Ends every allocation. */
  close(): void {
    this.#table.clear();
  }

  #request(message: StunMessage, client: ClientAddress): void {
    if (message.method === METHOD.binding) {
      this.#binding(message, client);
      return;
    }
    if (!KNOWN_METHODS.has(message.method)) {
      this.counters.malformed += 1;
      return;
    }
    const allocation = this.#table.ofClient(client.key);
    const authentication = authenticate(message, client.key, this.#authority, allocation);
    if (authentication.kind === "refused") {
      this.#refuseStranger(message, client, authentication.code);
      return;
    }
    const { caller } = authentication;
    const unknown = unknownAttributes(message);
    const request = { message, client, caller };
    if (unknown.length > 0) {
      const attributes = [encodeUnknownAttributes(unknown)];
      this.#answer(request, { kind: "error", code: ERROR.unknownAttribute, attributes });
      return;
    }
    if (message.method === METHOD.allocate) {
      this.#allocate(request, allocation);
      return;
    }
    this.#answer(request, allocation === undefined ? fail(ERROR.allocationMismatch) : this.#answerTo(request, allocation));
  }

  #answerTo(request: Request, allocation: Allocation): Answer {
    if (request.caller.username !== allocation.username) return fail(ERROR.wrongCredentials);
    switch (request.message.method) {
      case METHOD.refresh:
        return this.#refresh(request, allocation);
      case METHOD.createPermission:
        return this.#createPermission(request, allocation);
      case METHOD.channelBind:
        return this.#channelBind(request, allocation);
      default: // relays over TCP
        return fail(ERROR.forbidden);
    }
  }

  #binding(message: StunMessage, client: ClientAddress): void {
    if (!this.#mayAnswer(client)) return;
    const { transactionId, hasFingerprint } = message;
    const unknown = unknownAttributes(message);
    // The list would make the answer longer than the question.
    const attribute = unknown.length > 0 ? encodeError(ERROR.unknownAttribute) : mappedAddress(client, transactionId);
    const head = { class: unknown.length > 0 ? "error" : "success", method: METHOD.binding, transactionId } as const;
    this.#send(client, encodeStunMessage(head, [attribute], { hasFingerprint }));
  }

  /** Short, and not at all to those who ask again and again: whoever forges a sender's address gains nothing by it (R2). */
  #refuseStranger({ method, transactionId, bytes }: StunMessage, client: ClientAddress, reason: 400 | 401 | 438): void {
    if (!this.#mayAnswer(client)) return;
    const code = bytes.length < MIN_CHALLENGED_BYTES ? ERROR.badRequest : reason;
    this.counters.refused(code);
    const { nonces, realm } = this.#authority;
    const challenge =
      code === ERROR.badRequest ? [] : [encodeText(ATTRIBUTE.realm, realm), encodeText(ATTRIBUTE.nonce, nonces.make(client.key))];
    this.#send(client, encodeStunMessage({ class: "error", method, transactionId }, [encodeError(code), ...challenge]));
  }

  #mayAnswer({ ip }: ClientAddress): boolean {
    const may = this.#strangers.mayAnswer(ip);
    if (!may) this.counters.unanswered += 1;
    return may;
  }

  #allocate(request: Request, existing: Allocation | undefined): void {
    const { message, client, caller } = request;
    if (existing !== undefined && isSameTransaction(existing.transactionId, message.transactionId)) {
      this.#send(client, existing.answer); // asked again because the answer was lost
      return;
    }
    if (this.#opening.has(client.key)) return;
    const refusal = existing === undefined ? refusalOfAllocate(message, this.#options.relayIps) : fail(ERROR.allocationMismatch);
    const quota = this.#table.refusalFor(client, caller);
    if (refusal !== undefined) this.#answer(request, refusal);
    else if (caller.isExpired) this.#refuseStranger(message, client, ERROR.unauthenticated);
    else if (quota !== undefined) this.#answer(request, fail(quota));
    else this.#open(request);
  }

  #open(request: Request): void {
    const { key } = request.client;
    this.#opening.add(key);
    this.#opener
      .open(request)
      .then((answer) => this.#answer(request, answer))
      .finally(() => this.#opening.delete(key));
  }

  #refresh({ message }: Request, allocation: Allocation): Answer {
    const family = decodeFamily(attributeOf(message, ATTRIBUTE.requestedAddressFamily));
    const relay = family === undefined || family === "unknown" ? undefined : allocation.relayOf(family);
    if (family !== undefined && relay === undefined) return fail(ERROR.peerAddressFamilyMismatch);
    const nowMs = this.#deps.ticks.nowMs();
    const leftMs = allocation.createdAtMs + this.#options.quotas.maxAllocationAgeMs - nowMs;
    const lifetimeS = Math.min(lifetimeOf(message), Math.max(0, Math.floor(leftMs / 1000)));
    if (lifetimeS > 0) allocation.expiresAtMs = nowMs + lifetimeS * 1000;
    else if (relay === undefined) this.#table.remove(allocation);
    else this.#table.removeRelay(allocation, relay);
    return { kind: "success", attributes: [encodeUint32(ATTRIBUTE.lifetime, lifetimeS)] };
  }

  #createPermission({ message }: Request, allocation: Allocation): Answer {
    const peers = attributesOfType(message, ATTRIBUTE.xorPeerAddress).map((value) =>
      decodeXorAddress(value, message.transactionId),
    );
    if (peers.length === 0) return fail(ERROR.badRequest);
    const ips: string[] = [];
    // All or none (RFC 8656 section 10.2).
    for (const peer of peers) {
      const code = this.#refusalOfPeer(peer, allocation);
      if (peer === undefined || code !== undefined) return fail(code ?? ERROR.badRequest);
      ips.push(peer.ip);
    }
    if (!allocation.permit(ips, this.#deps.ticks.nowMs())) return fail(ERROR.insufficientCapacity);
    return { kind: "success", attributes: [] };
  }

  #channelBind({ message }: Request, allocation: Allocation): Answer {
    const number = (decodeUint32(attributeOf(message, ATTRIBUTE.channelNumber)) ?? 0) >>> 16;
    const value = attributeOf(message, ATTRIBUTE.xorPeerAddress);
    const peer = value === undefined ? undefined : decodeXorAddress(value, message.transactionId);
    if (number < FIRST_CHANNEL || number > LAST_CHANNEL || peer === undefined) return fail(ERROR.badRequest);
    const code = this.#refusalOfPeer(peer, allocation);
    if (code !== undefined) return fail(code);
    const nowMs = this.#deps.ticks.nowMs();
    if (!allocation.permit([peer.ip], nowMs)) return fail(ERROR.insufficientCapacity);
    return allocation.bind(number, peer, nowMs) ? { kind: "success", attributes: [] } : fail(ERROR.badRequest);
  }

  #refusalOfPeer(peer: TransportAddress | undefined, allocation: Allocation): ErrorNumber | undefined {
    if (peer === undefined) return ERROR.badRequest;
    if (!this.#mayTalkTo(peer)) return ERROR.forbidden;
    return allocation.relayOf(peer.family) === undefined ? ERROR.peerAddressFamilyMismatch : undefined;
  }

  /** Of the node's own addresses a relayed one that is in use, and no other. */
  #mayTalkTo({ family, ip, port }: TransportAddress): boolean {
    if (ip === this.#options.relayIps[family]) return this.#table.ofRelay(family, port) !== undefined;
    return this.#deps.policy.judge(ip) === "allowed";
  }

  #sendIndication(message: StunMessage, client: ClientAddress): void {
    const allocation = this.#table.ofClient(client.key);
    const value = attributeOf(message, ATTRIBUTE.xorPeerAddress);
    const data = attributeOf(message, ATTRIBUTE.data);
    const peer = value === undefined ? undefined : decodeXorAddress(value, message.transactionId);
    const isFragmentable = attributeOf(message, ATTRIBUTE.dontFragment) === undefined;
    if (allocation === undefined || peer === undefined || data === undefined || !isFragmentable) return;
    if (allocation.isPermitted(peer.ip, this.#deps.ticks.nowMs())) this.#forwarder.toPeer(allocation, peer, data);
    else this.counters.droppedWithoutPermission += 1;
  }

  #channelData(key: string, bytes: Uint8Array): void {
    const allocation = this.#table.ofClient(key);
    const message = allocation === undefined ? undefined : decodeChannelData(bytes);
    if (allocation === undefined || message === undefined) {
      this.counters.malformed += 1;
      return;
    }
    const channel = allocation.channel(message.channel, this.#deps.ticks.nowMs());
    if (channel === undefined) this.counters.droppedWithoutPermission += 1;
    else this.#forwarder.toPeer(allocation, channel.peer, message.data);
  }

  #answer({ message, client, caller }: Request, answer: Answer): void {
    const { method, transactionId, hasFingerprint } = message;
    const integrity = { kind: caller.integrity, key: caller.key };
    const protection = { integrity, hasFingerprint };
    if (answer.kind === "error") {
      this.counters.refused(answer.code);
      const attributes = [encodeError(answer.code), ...(answer.attributes ?? [])];
      this.#send(client, encodeStunMessage({ class: "error", method, transactionId }, attributes, protection));
      return;
    }
    const bytes = encodeStunMessage({ class: "success", method, transactionId }, answer.attributes, protection);
    const allocation = method === METHOD.allocate ? this.#table.ofClient(client.key) : undefined;
    if (allocation !== undefined) allocation.answer = bytes;
    this.#send(client, bytes);
  }

  #send({ link, ip, port }: ClientAddress, bytes: Uint8Array): void {
    link.send(bytes, ip, port);
  }
}

const KNOWN_METHODS: ReadonlySet<number> = new Set(Object.values(METHOD));

const KNOWN_ATTRIBUTES: ReadonlySet<number> = new Set(Object.values(ATTRIBUTE));

/** What has to be understood and is not. */
function unknownAttributes({ attributes }: StunMessage): readonly number[] {
  const types = attributes.map(({ type }) => type);
  return [...new Set(types.filter((type) => type < FIRST_OPTIONAL_ATTRIBUTE && !KNOWN_ATTRIBUTES.has(type)))];
}
