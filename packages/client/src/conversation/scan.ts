// Verifying by one scan: a code on one screen, read by the other device, proved inside the conversation. The secret is checked once and
// erased; runs live in memory and end with the process (spec/protocol/conversation.md section 7).
import { type Cancel, decodeBase64Url, encodeBase64Url, equalBytes } from "@p2pcrypt/bytes";
import type { ScanCancelContent, ScanConfirmContent, ScanProofContent } from "@p2pcrypt/content";
import {
  CLOCK_TOLERANCE_MS,
  formatContactLink,
  formatVerificationCode,
  IdentityError,
  parseVerificationCode,
  SCAN_CODE_MS,
  SCAN_SECRET_BYTES,
  scanProof,
  scanRunId,
  type VerificationCode,
} from "@p2pcrypt/identity";
import type { IdentityId, Member } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import { ClientError } from "../failure.ts";
import type { ScanCode, ScanRun } from "../snapshots.ts";
import type { GroupRow } from "../store/group-rows.ts";
import type { Tx } from "../store/tx.ts";
import { activeGroupWith } from "./active-group.ts";
import { queueContent } from "./outbox.ts";
import { markVerified } from "./verified.ts";

interface Run {
  readonly snapshot: ScanRun;
  /** While a code waits to be scanned. Erased by the one check. */
  readonly secret?: Uint8Array;
  /** Showing: what the person's word sends. Scanning: what has to come back. */
  readonly confirmation?: Uint8Array;
  /** Scanning: leaf of the device that shows the code. */
  readonly theirLeaf?: number;
}

/** For a person to look up from the code and say who scanned it. */
const CONFIRM_MS = 5 * 60_000;
/** For a scanner: the other side's whole time, and some for the way. */
const ANSWER_MS = SCAN_CODE_MS + CONFIRM_MS + 60_000;

export class Scans {
  readonly #core: Core;
  /** By contact and direction: two people may well scan each other at the same time. */
  readonly #runs = new Map<string, Run>();
  readonly #latest = new Map<IdentityId, string>();
  readonly #timers = new Map<string, Cancel>();

  constructor(core: Core) {
    this.#core = core;
  }

  run(contactId: IdentityId): ScanRun | undefined {
    return this.#runs.get(this.#latest.get(contactId) ?? "")?.snapshot;
  }

  /** @throws {ClientError} conversation/closed, contact/unknown */
  async show(contactId: IdentityId): Promise<ScanCode> {
    const core = this.#core;
    const { account, deps } = core;
    return core.ledger.transact(async (tx) => {
      const group = activeGroupWith(core, tx, contactId);
      const before = this.#runs.get(keyOf(contactId, true));
      if (before !== undefined && isGoingOn(before)) this.#fail(tx, before, "declined");
      const secret = deps.random(SCAN_SECRET_BYTES);
      const validUntilMs = core.nowMs + SCAN_CODE_MS;
      const nodeUrl = core.links.to(account.homeNodeUrl).facts?.publicUrl ?? account.homeNodeUrl;
      const { identityId, device } = account;
      const text = formatVerificationCode({ identityId, deviceId: device.deviceId, nodeUrl, secret, validUntilMs });
      const run: ScanRun = {
        run: encodeBase64Url(scanRunId(secret)),
        contactId,
        conversationId: group.threadId,
        isShowing: true,
        state: "waiting",
        endsAtMs: validUntilMs,
      };
      this.#later(tx, { snapshot: run, secret });
      return { text, run };
    });
  }

  /** @throws {ClientError} scan/*, conversation/closed */
  async scan(text: string, expected?: IdentityId): Promise<ScanRun> {
    const core = this.#core;
    const code = this.#readable(text, expected);
    const { identityId: contactId, secret } = code;
    return core.ledger.transact(async (tx) => {
      const group = activeGroupWith(core, tx, contactId);
      const session = await core.sessions.get(group.groupId);
      const shower = session?.roster.find(
        (member) => member.identityId === contactId && equalBytes(member.deviceId, code.deviceId),
      );
      if (session === undefined || shower === undefined) throw new ClientError({ code: "scan/unknownDevice" });
      const run = encodeBase64Url(scanRunId(secret));
      const before = this.#runs.get(keyOf(contactId, false));
      if (before !== undefined && isGoingOn(before)) {
        if (before.snapshot.run === run) return before.snapshot;
        this.#fail(tx, before, "declined");
      }
      const sides = { shower: contactId, scanner: core.account.identityId, context: session.verificationContext(shower.leaf) };
      queueContent(core, tx, group.threadId, {
        kind: "scanProof",
        run,
        device: encodeBase64Url(code.deviceId),
        epoch: Number(session.epoch),
        proof: encodeBase64Url(scanProof(secret, "scanner", sides)),
      });
      const confirmation = scanProof(secret, "shower", sides);
      secret.fill(0);
      const snapshot: ScanRun = {
        run,
        contactId,
        conversationId: group.threadId,
        isShowing: false,
        state: "waiting",
        endsAtMs: core.nowMs + ANSWER_MS,
      };
      this.#later(tx, { snapshot, confirmation, theirLeaf: shower.leaf });
      return snapshot;
    });
  }

  /** @throws {ClientError} verification/noRun */
  async confirm(contactId: IdentityId, isThem: boolean): Promise<void> {
    const core = this.#core;
    await core.ledger.transact(async (tx) => {
      const run = this.#runs.get(keyOf(contactId, true));
      const { snapshot, confirmation } = run ?? {};
      if (run === undefined || snapshot?.state !== "scanned" || confirmation === undefined)
        throw new ClientError({ code: "verification/noRun" });
      if (!isThem) return this.#fail(tx, run, "declined", { isCounted: true });
      queueContent(core, tx, snapshot.conversationId, {
        kind: "scanConfirm",
        run: snapshot.run,
        proof: encodeBase64Url(confirmation),
      });
      await this.#verified(tx, run);
    });
  }

  async cancel(contactId: IdentityId): Promise<void> {
    await this.#core.ledger.transact(async (tx) => {
      for (const isShowing of [true, false]) {
        const run = this.#runs.get(keyOf(contactId, isShowing));
        if (run !== undefined && isGoingOn(run)) this.#fail(tx, run, "declined");
      }
    });
  }

  /** A step of the other side, inside the transaction that opened it. */
  async received(
    tx: Tx,
    group: GroupRow,
    author: Member,
    content: ScanProofContent | ScanConfirmContent | ScanCancelContent,
  ): Promise<void> {
    switch (content.kind) {
      case "scanProof":
        return this.#proved(tx, group, author, content);
      case "scanConfirm":
        return this.#confirmed(tx, author, content);
      case "scanCancel": {
        const run = this.#goingOn(author.identityId, content.run);
        if (run !== undefined) this.#fail(tx, run, content.reason, { isTold: false });
      }
    }
  }

  close(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  async #proved(tx: Tx, group: GroupRow, author: Member, content: ScanProofContent): Promise<void> {
    const core = this.#core;
    const { account } = core;
    if (!equalBytes(decodeBase64Url(content.device), account.device.deviceId)) return;
    const key = keyOf(author.identityId, true);
    const run = this.#runs.get(key);
    if (run?.snapshot.run !== content.run || !isGoingOn(run)) {
      const reason = run?.snapshot.run === content.run && run.snapshot.reason === "expired" ? "expired" : "unknown";
      queueContent(core, tx, group.threadId, { kind: "scanCancel", run: content.run, reason });
      return;
    }
    const { secret, ...spent } = run;
    if (secret === undefined) return; // it was checked once, and the person is being asked
    // Erased before it is compared, whatever becomes of this transaction: a second guess has nothing to hit.
    const taken = secret.slice();
    secret.fill(0);
    this.#runs.set(key, spent);
    const session = await core.sessions.get(group.groupId);
    if (core.nowMs > run.snapshot.endsAtMs) return this.#fail(tx, spent, "expired");
    if (session === undefined || Number(session.epoch) !== content.epoch) return this.#fail(tx, spent, "epochChanged");
    const context = session.verificationContext(author.leaf);
    const sides = { shower: account.identityId, scanner: author.identityId, context };
    const expected = scanProof(taken, "scanner", sides);
    const confirmation = scanProof(taken, "shower", sides);
    taken.fill(0);
    if (!equalBytes(expected, decodeBase64Url(content.proof))) return this.#fail(tx, spent, "mismatch", { isCounted: true });
    const snapshot: ScanRun = { ...run.snapshot, state: "scanned", endsAtMs: core.nowMs + CONFIRM_MS };
    this.#later(tx, { snapshot, confirmation });
  }

  async #confirmed(tx: Tx, author: Member, content: ScanConfirmContent): Promise<void> {
    const run = this.#runs.get(keyOf(author.identityId, false));
    if (run === undefined || run.snapshot.run !== content.run || !isGoingOn(run) || run.theirLeaf !== author.leaf) return;
    const isGenuine = run.confirmation !== undefined && equalBytes(run.confirmation, decodeBase64Url(content.proof));
    if (!isGenuine) return this.#fail(tx, run, "mismatch", { isCounted: true });
    await this.#verified(tx, run);
  }

  async #verified(tx: Tx, { snapshot }: Run): Promise<void> {
    if (await markVerified(this.#core, tx, snapshot.contactId, "scan"))
      this.#later(tx, { snapshot: { ...snapshot, state: "verified" } });
  }

  #fail(
    tx: Tx,
    { snapshot, secret }: Run,
    reason: NonNullable<ScanRun["reason"]>,
    { isTold = true, isCounted = false }: { readonly isTold?: boolean; readonly isCounted?: boolean } = {},
  ): void {
    secret?.fill(0);
    const core = this.#core;
    const { contactId, conversationId, run, isShowing, state } = snapshot;
    // Nobody has scanned a code that still waits: there is nobody to tell.
    const isHeard = !isShowing || state === "scanned" || reason !== "declined";
    if (isTold && isHeard) queueContent(core, tx, conversationId, { kind: "scanCancel", run, reason });
    const contact = tx.get(core.tables.contacts, contactId);
    if (contact !== undefined && isCounted)
      tx.put(core.tables.contacts, contactId, { ...contact, failedRuns: contact.failedRuns + 1 });
    this.#later(tx, { snapshot: { ...snapshot, state: "failed", reason } });
  }

  #goingOn(contactId: IdentityId, name: string): Run | undefined {
    return [true, false]
      .map((isShowing) => this.#runs.get(keyOf(contactId, isShowing)))
      .find((run) => run !== undefined && run.snapshot.run === name && isGoingOn(run));
  }

  /** @throws {ClientError} scan/* */
  #readable(text: string, expected: IdentityId | undefined): VerificationCode {
    const core = this.#core;
    const code = parsed(text);
    const { identityId, nodeUrl, validUntilMs } = code;
    if (identityId === core.account.identityId) throw new ClientError({ code: "scan/own" });
    if (expected !== undefined && identityId !== expected) throw new ClientError({ code: "scan/otherPerson", identityId });
    // Two clocks may differ; the one who shows it has the last word.
    if (core.nowMs > validUntilMs + CLOCK_TOLERANCE_MS) throw new ClientError({ code: "scan/expired" });
    if (core.tables.contacts.get(identityId)?.conversationId === undefined) {
      const link = formatContactLink({ nodeUrl, identityId, nameHint: "" });
      throw new ClientError({ code: "scan/unknownContact", identityId, link });
    }
    return code;
  }

  /** The run as it is from now on, once the transaction is stored. */
  #later(tx: Tx, run: Run): void {
    const { snapshot } = run;
    const key = keyOf(snapshot.contactId, snapshot.isShowing);
    tx.afterwards(() => {
      this.#runs.set(key, run);
      this.#latest.set(snapshot.contactId, key);
      this.#timers.get(key)?.();
      this.#timers.delete(key);
      if (isGoingOn(run)) this.#timers.set(key, this.#endsAt(run));
    });
    tx.emit({ kind: "scan", run: snapshot });
  }

  #endsAt({ snapshot }: Run): Cancel {
    const core = this.#core;
    const { contactId, isShowing, endsAtMs } = snapshot;
    return core.deps.timers.after(Math.max(0, endsAtMs - core.nowMs), () => {
      const ended = core.ledger.transact(async (tx) => {
        const run = this.#runs.get(keyOf(contactId, isShowing));
        if (run?.snapshot.run !== snapshot.run || run.snapshot.endsAtMs !== endsAtMs || !isGoingOn(run)) return;
        this.#fail(tx, run, "expired", { isTold: run.snapshot.state === "scanned" });
      });
      ended.catch(() => undefined); // the client has stopped, and its runs with it
    });
  }
}

function keyOf(contactId: IdentityId, isShowing: boolean): string {
  return `${contactId}/${isShowing ? "showing" : "scanning"}`;
}

function isGoingOn({ snapshot }: Run): boolean {
  return snapshot.state === "waiting" || snapshot.state === "scanned";
}

function parsed(text: string): VerificationCode {
  try {
    return parseVerificationCode(text);
  } catch (cause) {
    if (cause instanceof IdentityError) throw new ClientError({ code: "scan/malformed" }, { cause });
    throw cause;
  }
}
