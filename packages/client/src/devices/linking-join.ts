// The new device's side of linking: finds the other one by a code, shows the digits, and takes over what it is handed
// (spec/protocol/linking.md). Nothing is stored before everything has arrived and holds: a process that ends leaves an empty vault.
import { type Cancel, concatBytes, equalBytes } from "@p2pcrypt/bytes";
import {
  IdentityError,
  LINKING_MS,
  type LinkingCode,
  type LinkingKeys,
  linkingCommitment,
  linkingDigits,
  linkingInputs,
  linkingKeys,
  linkingPlace,
  linkingShare,
  parseLinkingLink,
  parseTypedCode,
} from "@p2pcrypt/identity";
import type { IdentityId } from "@p2pcrypt/session";
import { parseNodeUrl } from "../account/node-url.ts";
import type { LinkingFailure, LinkingOffer } from "../device-snapshots.ts";
import type { Linking } from "../device-surface.ts";
import { ClientError } from "../failure.ts";
import { identifyNode } from "../net/node-facts.ts";
import { NodeLink } from "../net/node-link.ts";
import type { ClientDeps } from "../ports.ts";
import type { AccountRow } from "../store/rows.ts";
import { shortName } from "./device-name.ts";
import { type Grant, identityOf, type NewDevice, newDevice, readGrant } from "./grant.ts";
import { LinkingChannel } from "./linking-channel.ts";
import { encodeShare, type LinkingMessage, type LinkingRecord } from "./linking-record.ts";
import { LinkingSeal } from "./linking-seal.ts";

/** As long as the other side waits. */
const COMPARE_MS = 5 * 60_000;
const MAX_GRANT_BYTES = 64 * 1024 * 1024;

export interface Handed {
  readonly account: AccountRow;
  readonly grant: Grant;
}

/** @throws {ClientError} linking/malformed, linking/expired, nodeUrl/* */
function readCode({ code, homeNodeUrl }: Pick<Linking, "code" | "homeNodeUrl">, nowMs: number) {
  try {
    if (code.includes("#/link/")) {
      const link = parseLinkingLink(code);
      if (link.expiresMs <= nowMs) throw new ClientError({ code: "linking/failed", reason: "expired" });
      return { code: link as LinkingCode, nodeUrl: parseNodeUrl(link.nodeUrl) };
    }
    const typed = parseTypedCode(code);
    if (homeNodeUrl === undefined) throw new ClientError({ code: "nodeUrl/malformed" });
    return { code: typed, nodeUrl: parseNodeUrl(homeNodeUrl) };
  } catch (cause) {
    if (cause instanceof IdentityError) throw new ClientError({ code: "linking/malformed" }, { cause });
    throw cause;
  }
}

export class LinkingJoin {
  readonly #deps: ClientDeps;
  readonly #linking: Linking;
  readonly #code: LinkingCode;
  readonly #link: NodeLink;
  readonly #channel: LinkingChannel;
  readonly #run: Uint8Array;
  readonly #scalar: Uint8Array;
  readonly #device: NewDevice;
  readonly #parts: Uint8Array[] = [];
  readonly #result: Promise<Handed>;
  #share: Uint8Array | undefined;
  #keys: LinkingKeys | undefined;
  #seal: LinkingSeal | undefined;
  #nonce: Uint8Array;
  #identity: IdentityId | undefined;
  #hasAccepted = false;
  #resolve: (handed: Handed) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  #isOver = false;
  #cancelTimer: Cancel;

  /** @throws {ClientError} linking/*, nodeUrl/*, name/* */
  static async begin(deps: ClientDeps, linking: Linking): Promise<LinkingJoin> {
    const read = readCode(linking, deps.clock.nowMs());
    return new LinkingJoin(deps, linking, read, await newDevice(deps, shortName(linking.deviceName)));
  }

  private constructor(
    deps: ClientDeps,
    linking: Linking,
    { code, nodeUrl }: { readonly code: LinkingCode; readonly nodeUrl: string },
    device: NewDevice,
  ) {
    this.#deps = deps;
    this.#linking = linking;
    this.#code = code;
    this.#device = device;
    const { random, timers, clock, transport, identity } = deps;
    [this.#run, this.#scalar, this.#nonce] = [random(16), random(32), random(32)];
    this.#result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const identify = (description: Parameters<typeof identifyNode>[1]) =>
      identifyNode(identity, description, { atMs: clock.nowMs() });
    this.#link = new NodeLink(nodeUrl, { transport, clock, timers, random, identify, stateChanged: () => undefined });
    this.#channel = new LinkingChannel(linkingPlace(code), {
      link: this.#link,
      identity,
      timers,
      random,
      received: (record) => this.#received(record),
      broken: (why) => this.#fail(why),
    });
    this.#link.onConnected(() => this.#hello());
    this.#cancelTimer = timers.after(LINKING_MS, () => this.#fail("expired"));
    this.#link.start();
    this.#channel.start();
  }

  /** What was handed over. @throws {ClientError} linking/failed */
  get handed(): Promise<Handed> {
    return this.#result;
  }

  cancel(): void {
    this.#fail("cancelled");
  }

  /** The identity lies in this vault now: the other device may forget the code. Waits a little for the node to have that. */
  async stored(): Promise<void> {
    this.#say({ kind: "stored" });
    await this.#channel.allSent();
    await this.#close();
  }

  async #close(): Promise<void> {
    this.#cancelTimer();
    await this.#channel.close();
    this.#link.close();
  }

  /** Once the node is known, which the key exchange is bound to. */
  #hello(): void {
    const { facts } = this.#link;
    if (facts === undefined || this.#share !== undefined) return;
    this.#share = linkingShare(linkingInputs(this.#code, facts.nodeId, this.#run), this.#scalar);
    this.#channel.send(encodeShare("joining", this.#run, this.#share));
  }

  #received({ from, run, body }: LinkingRecord) {
    if (from !== "offering" || this.#isOver || !equalBytes(run, this.#run)) return;
    if (body.kind === "refused") return this.#fail(body.reason);
    if (body.kind === "share") return this.#exchanged(body.share);
    if (this.#seal === undefined) return;
    const message = this.#seal.open(body);
    if (message === "repeated") return;
    // The first thing they seal shows whether they know the code.
    if (message === "forged") return this.#fail(this.#identity === undefined ? "wrongCode" : "damaged");
    this.#heard(message).catch((error: unknown) => this.#end(error));
  }

  #exchanged(theirs: Uint8Array) {
    const { facts } = this.#link;
    if (this.#keys !== undefined || this.#share === undefined || facts === undefined) return;
    const inputs = linkingInputs(this.#code, facts.nodeId, this.#run);
    const keys = linkingKeys(inputs, this.#scalar, "joining", { joining: this.#share, offering: theirs });
    if (keys === undefined) return this.#fail("damaged");
    this.#keys = keys;
    this.#seal = new LinkingSeal(keys, "joining", this.#run);
    this.#say({ kind: "commit", commitment: linkingCommitment(this.#nonce, keys), deviceName: this.#device.name });
  }

  async #heard(message: LinkingMessage): Promise<void> {
    switch (message.kind) {
      case "reveal":
        return this.#revealed(message);
      case "grantPart":
        return this.#granted(message);
      case "cancel":
        return this.#end(new ClientError({ code: "linking/failed", reason: message.reason }));
      default:
        return this.#fail("damaged");
    }
  }

  /** They said their nonce after this side was committed to its own: nobody in between can have chosen both. */
  async #revealed({ nonce, identity, name, deviceName }: LinkingMessage & { readonly kind: "reveal" }): Promise<void> {
    const keys = this.#keys;
    if (keys === undefined || this.#identity !== undefined) return this.#fail("damaged");
    this.#identity = identityOf(identity);
    this.#say({ kind: "open", nonce: this.#nonce });
    const digits = linkingDigits({ joiningNonce: this.#nonce, offeringNonce: nonce, context: keys.context });
    this.#cancelTimer();
    this.#cancelTimer = this.#deps.timers.after(COMPARE_MS, () => this.#fail("expired"));
    const offer: LinkingOffer = { digits, name, deviceName };
    if (!(await this.#linking.compare(offer))) return this.#fail("mismatch");
    if (this.#isOver) return;
    this.#hasAccepted = true;
    const { deviceId, signatureKey, inbox } = this.#device;
    this.#say({ kind: "accept", deviceId, signatureKey, inbox: inbox.stream });
  }

  async #granted({ isLast, bytes }: LinkingMessage & { readonly kind: "grantPart" }): Promise<void> {
    this.#parts.push(bytes);
    const isTooMuch = this.#parts.reduce((sum, part) => sum + part.length, 0) > MAX_GRANT_BYTES;
    if (!this.#hasAccepted || this.#identity === undefined || isTooMuch) return this.#fail("damaged");
    if (!isLast) return;
    const from = { identity: this.#identity, homeNodeUrl: this.#link.url };
    const handed = await readGrant(this.#deps, concatBytes(...this.#parts), this.#device, from).catch((error: unknown) => {
      if (error instanceof IdentityError) return undefined;
      throw error;
    });
    if (handed === undefined) return this.#fail("damaged");
    if (this.#isOver) return;
    this.#isOver = true;
    this.#resolve(handed);
  }

  #say(message: LinkingMessage): void {
    if (this.#seal !== undefined) this.#channel.send(this.#seal.seal(message));
  }

  #fail(reason: LinkingFailure): void {
    if (this.#isOver) return;
    this.#say({ kind: "cancel", reason: reason === "mismatch" || reason === "damaged" ? reason : "cancelled" });
    this.#end(new ClientError({ code: "linking/failed", reason }));
  }

  #end(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#reject(error);
    const leave = async (): Promise<void> => {
      await Promise.resolve();
      if (this.#link.isConnected) await this.#channel.allSent();
      await this.#close();
    };
    leave().catch(() => undefined); // the run is over whatever becomes of its last word
  }
}
