// The client's half of STUN and TURN: for diagnosis, tests and measuring. Calls do not use it, browsers have their own.
import type { RandomBytes, Timers } from "@p2pcrypt/bytes";
import { decodeChannelData, encodeChannelData } from "./channel-data.ts";
import type { TransportAddress } from "./ip-address.ts";
import { ATTRIBUTE, ERROR, METHOD, TRANSPORT_UDP } from "./stun/attributes.ts";
import { longTermKey } from "./stun/integrity.ts";
import { decodeStunMessage, encodeStunMessage, isStun, type StunAttribute, type StunMessage } from "./stun/message.ts";
import {
  attributeOf,
  decodeError,
  decodeText,
  decodeXorAddress,
  encodeText,
  encodeUint32,
  encodeXorAddress,
} from "./stun/values.ts";

const MAX_TEXT_BYTES = 763;
/** Retransmissions of RFC 8489 section 6.2.1, fewer: whoever diagnoses does not want to wait for 40 s. */
const RETRY_DELAYS_MS = [500, 1_000, 1_500, 2_000];

/** What a request came to. `code` is the server's; 0: nothing was answered. */
export type TurnAnswer =
  | { readonly kind: "success"; readonly message: StunMessage }
  | { readonly kind: "error"; readonly code: number; readonly message: StunMessage | undefined };

export type AllocateOutcome =
  | {
      readonly kind: "allocated";
      readonly relayed: TransportAddress;
      readonly mapped: TransportAddress | undefined;
      readonly reservation: Uint8Array | undefined;
    }
  | { readonly kind: "error"; readonly code: number };

export interface TurnClientDeps {
  readonly timers: Timers;
  readonly random: RandomBytes;
  readonly send: (bytes: Uint8Array) => void;
  /** Over a stream nothing is sent twice, and messages are padded. */
  readonly isStream: boolean;
  readonly received: (data: Uint8Array, from: TransportAddress) => void;
}

interface Waiting {
  readonly resolve: (answer: TurnAnswer) => void;
  stop: () => void;
}

export class TurnClient {
  readonly #deps: TurnClientDeps;
  readonly #username: string;
  readonly #password: string;
  readonly #waiting = new Map<string, Waiting>();
  readonly #channels = new Map<number, TransportAddress>();
  #realm = "";
  #nonce = "";
  #key: Uint8Array | undefined;

  constructor(credentials: { readonly username: string; readonly password: string }, deps: TurnClientDeps) {
    this.#username = credentials.username;
    this.#password = credentials.password;
    this.#deps = deps;
  }

  /** Where the server sees this client. */
  async binding(): Promise<TransportAddress | undefined> {
    const answer = await this.#exchange(METHOD.binding, []);
    return answer.kind === "success" ? addressIn(answer.message, ATTRIBUTE.xorMappedAddress) : undefined;
  }

  async allocate(wishes: readonly StunAttribute[] = []): Promise<AllocateOutcome> {
    const transport = { type: ATTRIBUTE.requestedTransport, value: Uint8Array.of(TRANSPORT_UDP, 0, 0, 0) };
    const answer = await this.request(METHOD.allocate, [transport, ...wishes]);
    const relayed = answer.kind === "success" ? addressIn(answer.message, ATTRIBUTE.xorRelayedAddress) : undefined;
    if (answer.kind === "error" || relayed === undefined) {
      return { kind: "error", code: answer.kind === "error" ? answer.code : 0 };
    }
    const { message } = answer;
    const reservation = attributeOf(message, ATTRIBUTE.reservationToken);
    return { kind: "allocated", relayed, mapped: addressIn(message, ATTRIBUTE.xorMappedAddress), reservation };
  }

  async refresh(lifetimeS: number): Promise<TurnAnswer> {
    return this.request(METHOD.refresh, [encodeUint32(ATTRIBUTE.lifetime, lifetimeS)]);
  }

  async permit(...peers: readonly TransportAddress[]): Promise<TurnAnswer> {
    return this.request(METHOD.createPermission, (id) =>
      peers.map((peer) => encodeXorAddress(ATTRIBUTE.xorPeerAddress, peer, id)),
    );
  }

  async bind(channel: number, peer: TransportAddress): Promise<TurnAnswer> {
    const answer = await this.request(METHOD.channelBind, (id) => [
      encodeUint32(ATTRIBUTE.channelNumber, channel * 65_536),
      encodeXorAddress(ATTRIBUTE.xorPeerAddress, peer, id),
    ]);
    if (answer.kind === "success") this.#channels.set(channel, peer);
    return answer;
  }

  send(peer: TransportAddress, data: Uint8Array): void {
    const transactionId = this.#deps.random(12);
    const attributes = [encodeXorAddress(ATTRIBUTE.xorPeerAddress, peer, transactionId), { type: ATTRIBUTE.data, value: data }];
    this.#deps.send(encodeStunMessage({ class: "indication", method: METHOD.send, transactionId }, attributes));
  }

  sendOver(channel: number, data: Uint8Array): void {
    this.#deps.send(encodeChannelData(channel, data, this.#deps.isStream));
  }

  /** With credentials, asked for again when the server wants them or another nonce. */
  async request(
    method: number,
    attributes: readonly StunAttribute[] | ((transactionId: Uint8Array) => readonly StunAttribute[]),
  ): Promise<TurnAnswer> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#exchange(method, attributes);
      const isChallenge = answer.kind === "error" && (answer.code === ERROR.unauthenticated || answer.code === ERROR.staleNonce);
      const wasAnonymous = answer.kind === "error" && answer.code === ERROR.unauthenticated && attempt > 1;
      if (!isChallenge || wasAnonymous || attempt > 2 || answer.message === undefined) return answer;
      this.#realm = decodeText(attributeOf(answer.message, ATTRIBUTE.realm), MAX_TEXT_BYTES) ?? this.#realm;
      this.#nonce = decodeText(attributeOf(answer.message, ATTRIBUTE.nonce), MAX_TEXT_BYTES) ?? this.#nonce;
      this.#key = longTermKey(this.#username, this.#realm, this.#password);
    }
  }

  /** What came from the server. What is no message of its is passed over. */
  received(bytes: Uint8Array): void {
    if (!isStun(bytes)) {
      const message = decodeChannelData(bytes);
      const peer = message && this.#channels.get(message.channel);
      if (message !== undefined && peer !== undefined) this.#deps.received(message.data, peer);
      return;
    }
    const message = decodeStunMessage(bytes);
    if (message.class === "indication") {
      const peer = addressIn(message, ATTRIBUTE.xorPeerAddress);
      const data = attributeOf(message, ATTRIBUTE.data);
      if (peer !== undefined && data !== undefined) this.#deps.received(data, peer);
      return;
    }
    const id = message.transactionId.join();
    const waiting = this.#waiting.get(id);
    if (waiting === undefined || message.class === "request") return;
    waiting.stop();
    this.#waiting.delete(id);
    const code = decodeError(attributeOf(message, ATTRIBUTE.errorCode)) ?? 0;
    waiting.resolve(message.class === "success" ? { kind: "success", message } : { kind: "error", code, message });
  }

  #exchange(
    method: number,
    attributes: readonly StunAttribute[] | ((transactionId: Uint8Array) => readonly StunAttribute[]),
  ): Promise<TurnAnswer> {
    const transactionId = this.#deps.random(12);
    const own = typeof attributes === "function" ? attributes(transactionId) : attributes;
    const credentials =
      this.#key === undefined || method === METHOD.binding
        ? []
        : [
            encodeText(ATTRIBUTE.username, this.#username),
            encodeText(ATTRIBUTE.realm, this.#realm),
            encodeText(ATTRIBUTE.nonce, this.#nonce),
          ];
    const integrity =
      this.#key === undefined || method === METHOD.binding ? undefined : { kind: "sha1" as const, key: this.#key };
    const bytes = encodeStunMessage({ class: "request", method, transactionId }, [...own, ...credentials], { integrity });
    return new Promise((resolve) => {
      const waiting: Waiting = { resolve, stop: () => undefined };
      const id = transactionId.join();
      this.#waiting.set(id, waiting);
      const attempt = (n: number): void => {
        const delayMs = RETRY_DELAYS_MS[n];
        if (delayMs === undefined) {
          this.#waiting.delete(id);
          resolve({ kind: "error", code: 0, message: undefined });
          return;
        }
        waiting.stop = this.#deps.timers.after(delayMs, () => attempt(n + 1));
        if (n === 0 || !this.#deps.isStream) this.#deps.send(bytes);
      };
      attempt(0);
    });
  }
}

function addressIn(message: StunMessage, type: number): TransportAddress | undefined {
  const value = attributeOf(message, type);
  return value === undefined ? undefined : decodeXorAddress(value, message.transactionId);
}
