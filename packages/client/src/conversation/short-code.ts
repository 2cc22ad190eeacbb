// The interactive short code between two members: commitment, nonces, six digits that both compare, both confirm. One attempt per run;
// runs live in memory and end with the process (spec/protocol/conversation.md section 7).
import { decodeBase64Url, encodeBase64Url, equalBytes } from "@p2pcrypt/bytes";
import type { SasCancelReason } from "@p2pcrypt/content";
import { SHORT_CODE_NONCE_BYTES, shortCode, shortCodeCommitment } from "@p2pcrypt/identity";
import type { IdentityId, Member } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import { ClientError } from "../failure.ts";
import type { ShortCodeRun } from "../snapshots.ts";
import type { GroupRow } from "../store/group-rows.ts";
import type { Tx } from "../store/tx.ts";
import { activeGroupWith } from "./active-group.ts";
import { queueContent } from "./outbox.ts";
import { markVerified } from "./verified.ts";

type Step = Parameters<ShortCodes["received"]>[3];

interface Run {
  readonly snapshot: ShortCodeRun;
  readonly groupId: string;
  readonly myNonce: Uint8Array;
  readonly commitment: Uint8Array;
  readonly theirLeaf?: number;
  readonly hasTheirConfirmation: boolean;
}

const ENDED = new Set<ShortCodeRun["state"]>(["verified", "failed"]);

export class ShortCodes {
  readonly #core: Core;
  readonly #runs = new Map<IdentityId, Run>();

  constructor(core: Core) {
    this.#core = core;
  }

  run(contactId: IdentityId): ShortCodeRun | undefined {
    return this.#runs.get(contactId)?.snapshot;
  }

  /** @throws {ClientError} verification/busy, conversation/closed, contact/unknown */
  async start(contactId: IdentityId): Promise<ShortCodeRun> {
    const core = this.#core;
    const known = this.#runs.get(contactId);
    if (known !== undefined && !ENDED.has(known.snapshot.state)) throw new ClientError({ code: "verification/busy" });
    return core.ledger.transact(async (tx) => {
      const group = activeGroupWith(core, tx, contactId);
      const myNonce = core.deps.random(SHORT_CODE_NONCE_BYTES);
      const commitment = shortCodeCommitment(myNonce, core.account.device.signatureKey);
      const run = encodeBase64Url(core.deps.random(16));
      queueContent(core, tx, group.threadId, { kind: "sasCommit", run, commitment: encodeBase64Url(commitment) });
      const snapshot: ShortCodeRun = { run, contactId, conversationId: group.threadId, isInitiator: true, state: "waiting" };
      this.#later(tx, { snapshot, groupId: group.groupId, myNonce, commitment, hasTheirConfirmation: false });
      return snapshot;
    });
  }

  /** Answers an offered run. @throws {ClientError} verification/noRun */
  async accept(contactId: IdentityId): Promise<void> {
    const core = this.#core;
    const run = this.#inState(contactId, "offered");
    await core.ledger.transact(async (tx) => {
      queueContent(core, tx, run.snapshot.conversationId, {
        kind: "sasReply",
        run: run.snapshot.run,
        nonce: encodeBase64Url(run.myNonce),
      });
      this.#later(tx, { ...run, snapshot: { ...run.snapshot, state: "waiting" } });
    });
  }

  /** @throws {ClientError} verification/noRun */
  async confirm(contactId: IdentityId, isEqual: boolean): Promise<void> {
    const core = this.#core;
    const run = this.#inState(contactId, "compare");
    await core.ledger.transact(async (tx) => {
      if (!isEqual) return this.#fail(tx, run, "mismatch", true);
      queueContent(core, tx, run.snapshot.conversationId, { kind: "sasConfirm", run: run.snapshot.run });
      if (run.hasTheirConfirmation) await this.#verified(tx, run);
      else this.#later(tx, { ...run, snapshot: { ...run.snapshot, state: "confirmed" } });
    });
  }

  async cancel(contactId: IdentityId): Promise<void> {
    const run = this.#runs.get(contactId);
    if (run === undefined || ENDED.has(run.snapshot.state)) return;
    await this.#core.ledger.transact(async (tx) => this.#fail(tx, run, "declined", true));
  }

  /** A step of the other side, inside the transaction that opened it. */
  async received(
    tx: Tx,
    group: GroupRow,
    author: Member,
    content:
      | { readonly kind: "sasCommit"; readonly run: string; readonly commitment: string }
      | { readonly kind: "sasReply" | "sasOpen"; readonly run: string; readonly nonce: string }
      | { readonly kind: "sasConfirm"; readonly run: string }
      | { readonly kind: "sasCancel"; readonly run: string; readonly reason: SasCancelReason },
  ): Promise<void> {
    const contactId = author.identityId;
    const run = this.#runs.get(contactId);
    if (content.kind === "sasCommit") return this.#offered(tx, group, author, content);
    if (run === undefined || run.snapshot.run !== content.run || ENDED.has(run.snapshot.state)) return;
    if (run.theirLeaf !== undefined && run.theirLeaf !== author.leaf) return;
    switch (content.kind) {
      case "sasReply": {
        if (!run.snapshot.isInitiator || run.snapshot.state !== "waiting" || run.snapshot.code !== undefined) return;
        queueContent(this.#core, tx, group.threadId, { kind: "sasOpen", run: content.run, nonce: encodeBase64Url(run.myNonce) });
        return this.#compare(
          tx,
          group,
          { ...run, theirLeaf: author.leaf },
          { initiator: run.myNonce, responder: nonceOf(content) },
        );
      }
      case "sasOpen": {
        if (run.snapshot.isInitiator || run.snapshot.state !== "waiting") return;
        const nonce = nonceOf(content);
        if (!equalBytes(shortCodeCommitment(nonce, author.signatureKey), run.commitment))
          return this.#fail(tx, run, "mismatch", true);
        return this.#compare(tx, group, run, { initiator: nonce, responder: run.myNonce });
      }
      case "sasConfirm":
        if (run.snapshot.state === "confirmed") return this.#verified(tx, run);
        return this.#later(tx, { ...run, hasTheirConfirmation: true });
      case "sasCancel":
        return this.#fail(tx, run, content.reason, false);
    }
  }

  #offered(tx: Tx, group: GroupRow, author: Member, content: Step & { kind: "sasCommit" }): void {
    const known = this.#runs.get(author.identityId);
    const isBusy = known !== undefined && !ENDED.has(known.snapshot.state) && known.snapshot.run !== content.run;
    const commitment = decodeBase64Url(content.commitment);
    if (isBusy || commitment.length !== 32) {
      queueContent(this.#core, tx, group.threadId, { kind: "sasCancel", run: content.run, reason: "busy" });
      return;
    }
    const snapshot: ShortCodeRun = {
      run: content.run,
      contactId: author.identityId,
      conversationId: group.threadId,
      isInitiator: false,
      state: "offered",
    };
    const myNonce = this.#core.deps.random(SHORT_CODE_NONCE_BYTES);
    this.#later(tx, {
      snapshot,
      groupId: group.groupId,
      myNonce,
      commitment,
      theirLeaf: author.leaf,
      hasTheirConfirmation: false,
    });
  }

  async #compare(
    tx: Tx,
    group: GroupRow,
    run: Run,
    nonces: { readonly initiator: Uint8Array; readonly responder: Uint8Array },
  ): Promise<void> {
    const session = await this.#core.sessions.get(group.groupId);
    if (
      session === undefined ||
      run.theirLeaf === undefined ||
      nonces.initiator.length !== 32 ||
      nonces.responder.length !== 32
    ) {
      return this.#fail(tx, run, "failed", true);
    }
    const code = shortCode({
      initiatorNonce: nonces.initiator,
      responderNonce: nonces.responder,
      commitment: run.commitment,
      context: session.verificationContext(run.theirLeaf),
    });
    this.#later(tx, { ...run, snapshot: { ...run.snapshot, state: "compare", code } });
  }

  async #verified(tx: Tx, run: Run): Promise<void> {
    if (await markVerified(this.#core, tx, run.snapshot.contactId, "shortCode"))
      this.#later(tx, { ...run, snapshot: { ...run.snapshot, state: "verified" } });
  }

  #fail(tx: Tx, run: Run, reason: SasCancelReason, tell: boolean): void {
    const core = this.#core;
    const { contactId, conversationId } = run.snapshot;
    if (tell) queueContent(core, tx, conversationId, { kind: "sasCancel", run: run.snapshot.run, reason });
    const contact = tx.get(core.tables.contacts, contactId);
    // Whoever guesses has one attempt per run: failures are counted and shown.
    if (contact !== undefined && reason !== "busy")
      tx.put(core.tables.contacts, contactId, { ...contact, failedRuns: contact.failedRuns + 1 });
    this.#later(tx, { ...run, snapshot: { ...run.snapshot, state: "failed", reason } });
  }

  /** The run as it is from now on, once the transaction is stored. */
  #later(tx: Tx, run: Run): void {
    tx.afterwards(() => this.#runs.set(run.snapshot.contactId, run));
    tx.emit({ kind: "shortCode", run: run.snapshot });
  }

  #inState(contactId: IdentityId, state: ShortCodeRun["state"]): Run {
    const run = this.#runs.get(contactId);
    if (run?.snapshot.state !== state) throw new ClientError({ code: "verification/noRun" });
    return run;
  }
}

function nonceOf({ nonce }: { readonly nonce: string }): Uint8Array {
  return decodeBase64Url(nonce);
}
