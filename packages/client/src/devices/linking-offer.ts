// The old device's side of linking: shows a code, answers those who know it, lets the person compare the digits, and hands the identity
// over (spec/protocol/linking.md). Lives in memory: a process that ends here leaves a code that leads nowhere.
import { ApiError, configurationHash, deleteStreamBytes, limits, tokenHash, toStreamId } from "@p2pcrypt/api";
import { type Cancel, encodeHex, equalBytes } from "@p2pcrypt/bytes";
import {
  formatLinkingLink,
  formatTypedCode,
  LINKING_MS,
  LINKING_RANDOM_BYTES,
  type LinkingCode,
  type LinkingKeys,
  linkingCommitment,
  linkingDigits,
  linkingInputs,
  linkingKeys,
  linkingPlace,
  linkingShare,
  newLinkCode,
  newTypedCode,
} from "@p2pcrypt/identity";
import type { Core } from "../core.ts";
import type { HistoryChoice, LinkingFailure, LinkingRun, LinkingTerms } from "../device-snapshots.ts";
import { ClientError } from "../failure.ts";
import type { NodeLink } from "../net/node-link.ts";
import { ConnectionError } from "../ports.ts";
import { type Accepted, identityBytes, makeGrant } from "./grant.ts";
import { LinkingChannel } from "./linking-channel.ts";
import { encodeRefusal, encodeShare, type LinkingMessage, type LinkingRecord, MAX_GRANT_PART_BYTES } from "./linking-record.ts";
import { LinkingSeal } from "./linking-seal.ts";

/** Each attempt is one guess at a code. */
const MAX_ATTEMPTS = 3;
const MAX_PLACES_TRIED = 8;
/** Comparing takes longer than scanning. */
const COMPARE_MS = 5 * 60_000;

/** Somebody who sent a share, until it is known whether they know the code. */
interface Attempt {
  readonly run: Uint8Array;
  readonly seal: LinkingSeal;
  readonly keys: LinkingKeys;
  isOver: boolean;
}

/** The one who knew it. */
interface Peer extends Attempt {
  readonly commitment: Uint8Array;
  readonly nonce: Uint8Array;
  readonly deviceName: string;
  accepted: Accepted | undefined;
}

export class LinkingOffer {
  readonly #core: Core;
  readonly #code: LinkingCode;
  readonly #adminSecretKey: Uint8Array;
  /** Hash of the stream's configuration: what is signed to delete it. */
  readonly #configuration: Uint8Array;
  readonly #link: NodeLink;
  readonly #nodeId: string;
  readonly #channel: LinkingChannel;
  readonly #attempts: Attempt[] = [];
  readonly #changed: (run: LinkingRun) => void;
  readonly #history: HistoryChoice;
  #peer: Peer | undefined;
  #snapshot: LinkingRun;
  #isEqual = false;
  #cancelTimer: Cancel;

  /** @throws {ClientError} node/unreachable, node/refused */
  static async begin(
    core: Core,
    { form, isKeeper, history }: LinkingTerms,
    changed: (run: LinkingRun) => void,
  ): Promise<LinkingOffer> {
    const { homeNodeUrl } = core.account;
    const link = core.links.to(homeNodeUrl);
    const adminSecretKey = core.deps.random(32);
    try {
      // The place is bound to the node: who it is has to be known.
      if (link.facts === undefined) throw new ConnectionError("connection/unreachable");
      for (let tried = 0; tried < MAX_PLACES_TRIED; tried++) {
        const code = newCode(core, form);
        const configuration = await made(core, link, code, adminSecretKey);
        if (configuration !== undefined)
          return new LinkingOffer(core, { code, link, adminSecretKey, configuration, isKeeper, history, changed });
      }
    } catch (cause) {
      if (cause instanceof ConnectionError) throw new ClientError({ code: "node/unreachable", nodeUrl: homeNodeUrl }, { cause });
      if (!(cause instanceof ApiError)) throw cause;
      throw new ClientError({ code: "node/refused", nodeUrl: homeNodeUrl, reason: cause.code }, { cause });
    }
    throw new ClientError({ code: "node/refused", nodeUrl: homeNodeUrl, reason: "exists" });
  }

  private constructor(
    core: Core,
    made: {
      readonly code: LinkingCode;
      readonly link: NodeLink;
      readonly adminSecretKey: Uint8Array;
      readonly configuration: Uint8Array;
      readonly isKeeper: boolean;
      readonly changed: (run: LinkingRun) => void;
      readonly history: HistoryChoice;
    },
  ) {
    this.#core = core;
    this.#code = made.code;
    this.#link = made.link;
    this.#nodeId = made.link.facts?.nodeId ?? "";
    this.#adminSecretKey = made.adminSecretKey;
    this.#configuration = made.configuration;
    this.#changed = made.changed;
    this.#history = made.history;
    const expiresAtMs = core.nowMs + LINKING_MS;
    const nodeUrl = made.link.facts?.publicUrl ?? core.account.homeNodeUrl;
    const { form } = made.code;
    const code =
      form === "link" ? formatLinkingLink({ ...made.code, nodeUrl, expiresMs: expiresAtMs }) : formatTypedCode(made.code);
    this.#snapshot = { run: core.newId(), form, isKeeper: made.isKeeper, code, expiresAtMs, state: "waiting" };
    this.#cancelTimer = core.deps.timers.after(LINKING_MS, () => this.#fail("expired"));
    const { identity, timers, random } = core.deps;
    this.#channel = new LinkingChannel(linkingPlace(made.code), {
      link: made.link,
      identity,
      timers,
      random,
      received: (record) => this.#received(record),
      broken: () => this.#fail("damaged"),
    });
    this.#channel.start();
  }

  get snapshot(): LinkingRun {
    return this.#snapshot;
  }

  get isOver(): boolean {
    return this.#snapshot.state === "linked" || this.#snapshot.state === "failed";
  }

  /** The person says whether both show the same digits. */
  async confirm(isEqual: boolean): Promise<void> {
    if (this.#snapshot.state !== "compare" || this.#peer === undefined) throw new ClientError({ code: "linking/noRun" });
    if (!isEqual) return this.#fail("mismatch");
    this.#isEqual = true;
    this.#become({ state: "confirmed" });
    await this.#handOver();
  }

  cancel(): void {
    this.#fail("cancelled");
  }

  #received({ from, run, body }: LinkingRecord) {
    if (from !== "joining") return;
    if (body.kind === "share")
      return this.isOver ? this.#channel.send(encodeRefusal(run, "used")) : this.#answer(run, body.share);
    if (this.isOver) return;
    const attempt = this.#attempts.find((one) => equalBytes(one.run, run));
    if (body.kind !== "sealed" || attempt === undefined || attempt.isOver) return;
    const message = attempt.seal.open(body);
    if (message === "repeated") return;
    if (message === "forged") return this.#giveUp(attempt);
    this.#heard(attempt, message);
  }

  /** Each share that is answered is one guess. A run that was answered is not answered twice. */
  #answer(run: Uint8Array, share: Uint8Array) {
    if (this.#attempts.some((one) => equalBytes(one.run, run))) return;
    if (this.#peer !== undefined) return this.#channel.send(encodeRefusal(run, "used"));
    if (this.#attempts.length >= MAX_ATTEMPTS) return this.#channel.send(encodeRefusal(run, "wrongCode"));
    const inputs = linkingInputs(this.#code, this.#nodeId, run);
    const scalar = this.#core.deps.random(32);
    const own = linkingShare(inputs, scalar);
    const keys = linkingKeys(inputs, scalar, "offering", { joining: share, offering: own });
    if (keys === undefined) return;
    this.#attempts.push({ run, keys, seal: new LinkingSeal(keys, "offering", run), isOver: false });
    this.#channel.send(encodeShare("offering", run, own));
  }

  /** Sealed with a key of another code. The last attempt that is lost so ends it all. */
  #giveUp(attempt: Attempt) {
    attempt.isOver = true;
    if (attempt.run === this.#peer?.run) return this.#fail("damaged");
    this.#channel.send(encodeRefusal(attempt.run, "wrongCode"));
    if (this.#attempts.length >= MAX_ATTEMPTS && this.#attempts.every(({ isOver }) => isOver)) this.#fail("wrongCode");
  }

  #heard(attempt: Attempt, message: LinkingMessage) {
    const peer = this.#peer;
    if (peer === undefined) {
      if (message.kind !== "commit") return this.#giveUp(attempt);
      return this.#meet(attempt, message);
    }
    if (peer.run !== attempt.run) return this.#refuse(attempt);
    switch (message.kind) {
      case "open":
        return this.#opened(peer, message.nonce);
      case "accept":
        if (peer.accepted !== undefined) return this.#fail("damaged");
        peer.accepted = message;
        this.#handOver().catch(() => this.#fail("damaged"));
        return;
      case "stored":
        return this.#end({ state: "linked" });
      case "cancel":
        return this.#end({ state: "failed", reason: message.reason === "cancelled" ? "declined" : message.reason });
      default:
        return this.#fail("damaged");
    }
  }

  #refuse(attempt: Attempt): void {
    attempt.isOver = true;
    this.#channel.send(encodeRefusal(attempt.run, "used"));
  }

  /** Whoever knew the code first is the only one from here on. */
  #meet(attempt: Attempt, { commitment, deviceName }: LinkingMessage & { readonly kind: "commit" }): void {
    const nonce = this.#core.deps.random(32);
    this.#peer = { ...attempt, commitment, nonce, deviceName, accepted: undefined };
    this.#wait(COMPARE_MS);
    const { identityId, name, deviceName: own = "" } = this.#core.account;
    this.#say({ kind: "reveal", nonce, identity: identityBytes(identityId), name, deviceName: own });
  }

  #opened({ commitment, nonce, keys, deviceName }: Peer, theirs: Uint8Array) {
    const isKept = equalBytes(linkingCommitment(theirs, keys), commitment);
    if (!isKept || this.#snapshot.state !== "waiting") return this.#fail("damaged");
    const digits = linkingDigits({ joiningNonce: theirs, offeringNonce: nonce, context: keys.context });
    this.#become({ state: "compare", digits, deviceName });
  }

  /** Both said yes: the device here, by its person, and the new one, by its own. */
  async #handOver(): Promise<void> {
    const accepted = this.#peer?.accepted;
    if (accepted === undefined || !this.#isEqual || this.#snapshot.deviceId !== undefined) return;
    this.#become({ deviceId: encodeHex(accepted.deviceId) });
    const { deviceName: name = "", isKeeper } = this.#snapshot;
    const grant = await makeGrant(this.#core, accepted, { name, isKeeper, history: this.#history });
    for (let at = 0; at < grant.length; at += MAX_GRANT_PART_BYTES) {
      const end = Math.min(at + MAX_GRANT_PART_BYTES, grant.length);
      this.#say({ kind: "grantPart", isLast: end === grant.length, bytes: grant.slice(at, end) });
    }
  }

  #say(message: LinkingMessage): void {
    if (this.#peer !== undefined) this.#channel.send(this.#peer.seal.seal(message));
  }

  #wait(delayMs: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#core.deps.timers.after(delayMs, () => this.#fail("expired"));
  }

  #fail(reason: LinkingFailure): void {
    if (this.isOver) return;
    const told = reason === "mismatch" || reason === "damaged" ? reason : "cancelled";
    this.#say({ kind: "cancel", reason: told });
    this.#end({ state: "failed", reason });
  }

  #become(change: Partial<LinkingRun>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    this.#changed(this.#snapshot);
  }

  #end(change: Pick<LinkingRun, "state" | "reason">): void {
    if (this.isOver) return;
    this.#cancelTimer();
    this.#become(change);
    this.#close().catch(() => undefined); // what stays at the node is of no use to anybody, and expires
  }

  /** The new device reads the last word within moments, or never: then the place is gone. Until then, whoever comes is turned away. */
  async #close(): Promise<void> {
    const stream = toStreamId(linkingPlace(this.#code).stream);
    const { crypto } = this.#core.deps;
    const admin = await crypto.signaturePublicKey(this.#adminSecretKey);
    const signature = await crypto.sign(
      this.#adminSecretKey,
      deleteStreamBytes({ node: this.#nodeId, stream }, this.#configuration),
    );
    this.#core.deps.timers.after(CLOSING_MS, () => {
      this.#channel.close().catch(() => undefined);
      this.#link.call("stream.delete", { stream, admin, signature }).catch(() => undefined);
    });
  }
}

const CLOSING_MS = 5_000;

function newCode({ deps }: Core, form: LinkingRun["form"]): LinkingCode {
  return form === "link" ? newLinkCode(deps.random(LINKING_RANDOM_BYTES)) : newTypedCode(deps.random(10));
}

/** Makes the place. @returns undefined when somebody else meets there just now. @throws {ApiError} @throws {ConnectionError} */
async function made(core: Core, link: NodeLink, code: LinkingCode, adminSecretKey: Uint8Array): Promise<Uint8Array | undefined> {
  const place = linkingPlace(code);
  const stream = toStreamId(place.stream);
  try {
    const { configuration } = await link.call("stream.create", {
      stream,
      kind: "inbox",
      readTokenHash: tokenHash(place.readToken),
      contactTokenHash: tokenHash(place.writeToken),
      admins: [await core.deps.crypto.signaturePublicKey(adminSecretKey)],
      retentionMs: limits.MIN_RETENTION_MS,
    });
    return configurationHash({ node: link.facts?.nodeId ?? "", stream }, configuration);
  } catch (error) {
    if (error instanceof ApiError && error.code === "exists") return undefined;
    throw error;
  }
}
