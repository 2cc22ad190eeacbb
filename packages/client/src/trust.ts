// Vouching for people, and believing those who do (the surface over trust/).
import { encodeBase64Url } from "@p2pcrypt/bytes";
import { type FindIssuer, IdentityError } from "@p2pcrypt/identity";
import type { IdentityId } from "@p2pcrypt/session";
import { change } from "./account/publish.ts";
import { lookUpCard } from "./contact-preview.ts";
import { queueContent } from "./conversation/outbox.ts";
import { appendEntry } from "./conversation/thread.ts";
import type { Core } from "./core.ts";
import { ClientError } from "./failure.ts";
import type { CertifiedRow, ContactRow } from "./store/rows.ts";
import type { Tx } from "./store/tx.ts";
import { trustGraph, whyBelieved } from "./trust/answers.ts";
import { certificateOf, mergeCertified } from "./trust/certified.ts";
import { allOwn, give, giveChange, noteGiven, reachable } from "./trust/giving.ts";
import { assertAmount, checkedTerms } from "./trust/terms.ts";
import type { TrustBook } from "./trust/trust-book.ts";
import type { CertificationTerms, PersonRef, RootSnapshot, TrustAnswer, TrustGraph } from "./trust-snapshots.ts";
import type { Trust } from "./trust-surface.ts";
import { contactSnapshot } from "./views.ts";

const IMPORTED_AT_ONCE = 16;

export class ClientTrust implements Trust {
  readonly #core: Core;
  readonly #book: TrustBook;

  constructor(core: Core, book: TrustBook) {
    this.#core = core;
    this.#book = book;
  }

  async certify(identityId: IdentityId, wanted: CertificationTerms = {}): Promise<void> {
    const core = this.#core;
    const { isPublic, ...terms } = checkedTerms(wanted, core.nowMs);
    const secret = await core.secret();
    await core.ledger.transact(async (tx) => {
      const contact = this.#contact(tx, identityId);
      if (contact.alert?.isDecided === false) throw new ClientError({ code: "contact/undecided" });
      if (contact.trust.kind !== "verified") throw new ClientError({ code: "trust/notVerified" });
      // What is left of an earlier one would count again when this one runs out.
      if (tx.get(core.tables.certified, identityId)?.own !== undefined) await this.#takeBack(tx, identityId, "noLongerValid");
      const target = await this.#certificate(tx, identityId);
      const cut = await signed(() => secret.certify(target, contact.name, { ...terms, isExportable: isPublic }, core.nowMs));
      const row = await this.#withOwn(tx, identityId, cut, {
        own: { madeAtMs: core.nowMs, ...terms, isPublic },
        ownName: contact.name,
      });
      giveChange(core, tx, row);
      if (isPublic) this.#askToAttest(tx, contact, row);
    });
  }

  async revoke(identityId: IdentityId, reason: "noLongerValid" | "neverValid" = "noLongerValid"): Promise<void> {
    const core = this.#core;
    await core.ledger.transact(async (tx) => {
      const before = tx.get(core.tables.certified, identityId)?.own;
      const row = await this.#takeBack(tx, identityId, reason);
      giveChange(core, tx, row);
      const contact = tx.get(core.tables.contacts, identityId);
      if (before?.isPublic === true && contact !== undefined) this.#askToAttest(tx, contact, row);
    });
  }

  async introduce(one: IdentityId, other: IdentityId): Promise<void> {
    const core = this.#core;
    if (one === other) throw new RangeError("two people");
    await core.ledger.transact(async (tx) => {
      const [first, second] = [reachable(core, tx, one), reachable(core, tx, other)];
      await this.#present(tx, first, second);
      await this.#present(tx, second, first);
    });
  }

  async share(withId: IdentityId): Promise<void> {
    const core = this.#core;
    await core.ledger.transact(async (tx) => give(core, tx, reachable(core, tx, withId), allOwn(core, tx, withId)));
  }

  async setSharing(withId: IdentityId, isAutomatic: boolean): Promise<void> {
    const core = this.#core;
    await core.ledger.transact(async (tx) => {
      const contact = this.#contact(tx, withId);
      tx.put(core.tables.contacts, withId, { ...contact, isGivenCertifications: isAutomatic });
      if (isAutomatic) give(core, tx, contact, allOwn(core, tx, withId));
    });
  }

  async attest(byId: IdentityId, isAttested: boolean): Promise<void> {
    const core = this.#core;
    const secret = await core.secret();
    const { identityId } = core.account;
    const certificate = await core.ledger.transact(async (tx) => {
      const certified = tx.get(core.tables.certified, identityId);
      if (certified === undefined) throw new ClientError({ code: "trust/notCertified", identityId: byId });
      const by = new Set(certified.attestedTo ?? []);
      if (isAttested) by.add(byId);
      else by.delete(byId);
      const { certificate, makers } = await secret.attest(certified.certificate, this.#issuersAmong(tx, by), core.nowMs);
      if (isAttested && !makers.includes(this.#contact(tx, byId).fingerprint))
        throw new ClientError({ code: "trust/notCertified", identityId: byId });
      await mergeCertified(core, tx, certificate, { attestedTo: [...by] });
      return certificate;
    });
    await change(core, { attested: certificate, isProfileStale: true });
    const by = core.tables.contacts.get(byId);
    if (by !== undefined) core.emit({ kind: "contact", contact: contactSnapshot(core, by) });
  }

  async setRoot(identityId: IdentityId, amount: number | undefined): Promise<void> {
    if (amount !== undefined) assertAmount(amount);
    await this.#core.ledger.transact(async (tx) => this.#makeRoot(tx, await this.#certificate(tx, identityId), amount));
  }

  async addRoot(link: string, amount: number): Promise<PersonRef> {
    assertAmount(amount);
    const { identityId, certificate, fingerprint, name } = await lookUpCard(this.#core, link.replace("#/root/", "#/add/"));
    if (identityId === this.#core.account.identityId) throw new ClientError({ code: "link/own" });
    await this.#core.ledger.transact(async (tx) => this.#makeRoot(tx, certificate, amount));
    return { identityId, fingerprint, name };
  }

  async roots(): Promise<readonly RootSnapshot[]> {
    const { tables } = this.#core;
    return tables.certified.all().flatMap(({ identityId, fingerprint, name, rootAmount }) => {
      if (rootAmount === undefined) return [];
      const person = { identityId, fingerprint, name: tables.contacts.get(identityId)?.name ?? name };
      return [{ person, amount: rootAmount }];
    });
  }

  async importKeyring(bytes: Uint8Array): Promise<number> {
    const core = this.#core;
    const certificates = await core.deps.identity.readKeyring(bytes).catch((cause: unknown) => {
      if (cause instanceof IdentityError) throw new ClientError({ code: "trust/badKeyring", reason: cause.code }, { cause });
      throw cause;
    });
    let taken = 0;
    // A few in a transaction: each waits for the disk, and a large keyring does not stop messages.
    for (let at = 0; at < certificates.length; at += IMPORTED_AT_ONCE)
      await core.ledger.transact(async (tx) => {
        for (const certificate of certificates.slice(at, at + IMPORTED_AT_ONCE))
          if ((await mergeCertified(core, tx, certificate)) !== undefined) taken += 1;
      });
    return taken;
  }

  async suggestedRoots(ownerTrust: string): Promise<readonly RootSnapshot[]> {
    const { deps, tables, account } = this.#core;
    const known = new Map([...tables.certified.all(), ...tables.contacts.all()].map((row) => [row.fingerprint, row]));
    return deps.identity.readOwnerTrust(ownerTrust).flatMap(({ fingerprint, amount }) => {
      const row = known.get(fingerprint);
      if (row === undefined || fingerprint === account.fingerprint) return [];
      return [{ person: { identityId: row.identityId, fingerprint, name: row.name }, amount }];
    });
  }

  why(identityId: IdentityId): Promise<TrustAnswer> {
    return whyBelieved(this.#book, identityId);
  }

  graph(): Promise<TrustGraph> {
    return trustGraph(this.#core, this.#book);
  }

  /** @throws {ClientError} trust/notCertified */
  async #takeBack(tx: Tx, identityId: IdentityId, reason: "noLongerValid" | "neverValid"): Promise<CertifiedRow> {
    const core = this.#core;
    const known = tx.get(core.tables.certified, identityId);
    if (known?.own === undefined) throw new ClientError({ code: "trust/notCertified", identityId });
    const secret = await core.secret();
    const name = known.ownName ?? known.name;
    const cut = await signed(() => secret.revokeCertification(known.certificate, name, reason, core.nowMs));
    const { own: _, ...row } = await this.#withOwn(tx, identityId, cut, {});
    tx.put(core.tables.certified, identityId, row);
    return row;
  }

  /** Whoever gets it hears of its end as well. */
  async #present(tx: Tx, who: ContactRow, to: ContactRow & { readonly conversationId: string }): Promise<void> {
    const core = this.#core;
    const row = tx.get(core.tables.certified, who.identityId);
    if (row?.own === undefined || row.ownCut === undefined || who.profile === undefined)
      throw new ClientError({ code: "trust/notCertified", identityId: who.identityId });
    const [certificate, profile] = [encodeBase64Url(row.ownCut), encodeBase64Url(who.profile.bytes)];
    queueContent(core, tx, to.conversationId, { kind: "introduction", certificate, profile });
    noteGiven(core, tx, who.identityId, to.identityId);
    const event = { what: "introducedTo", name: who.name, identityId: who.identityId } as const;
    await appendEntry(tx, core.tables.threads, to.conversationId, { kind: "event", atMs: core.nowMs, event });
  }

  #askToAttest(tx: Tx, contact: ContactRow, { ownCut }: CertifiedRow): void {
    if (contact.conversationId === undefined || contact.state !== "accepted" || ownCut === undefined) return;
    const certificate = encodeBase64Url(ownCut);
    queueContent(this.#core, tx, contact.conversationId, { kind: "attestationRequest", certificate });
  }

  /** The row with a new signature of one's own, and what is given on of it. */
  async #withOwn(tx: Tx, identityId: IdentityId, cut: Uint8Array, change: Partial<CertifiedRow>): Promise<CertifiedRow> {
    const core = this.#core;
    const row = await mergeCertified(core, tx, cut, change);
    if (row === undefined) throw new ClientError({ code: "trust/tooMany" });
    const { certificate, fingerprint } = core.account;
    const ownOnly: FindIssuer = (maker) => (maker === fingerprint ? certificate : undefined);
    const ownCut = await core.deps.identity.certifiedBy(row.certificate, ownOnly, { atMs: core.nowMs });
    const whole = { ...row, ownCut };
    tx.put(core.tables.certified, identityId, whole);
    return whole;
  }

  async #makeRoot(tx: Tx, certificate: Uint8Array, amount: number | undefined): Promise<void> {
    const row = await mergeCertified(this.#core, tx, certificate);
    if (row === undefined) throw new ClientError({ code: "trust/tooMany" });
    const { rootAmount: _, ...rest } = row;
    tx.put(this.#core.tables.certified, row.identityId, amount === undefined ? rest : { ...rest, rootAmount: amount });
  }

  #issuersAmong(tx: Tx, ids: ReadonlySet<IdentityId>): FindIssuer {
    const { contacts, certified } = this.#core.tables;
    return (fingerprint) => {
      for (const id of ids) {
        const found = tx.get(certified, id) ?? tx.get(contacts, id);
        if (found?.fingerprint === fingerprint) return found.certificate;
      }
      return undefined;
    };
  }

  #contact(tx: Tx, identityId: IdentityId): ContactRow {
    const contact = tx.get(this.#core.tables.contacts, identityId);
    if (contact === undefined) throw new ClientError({ code: "contact/unknown" });
    return contact;
  }

  async #certificate(tx: Tx, identityId: IdentityId): Promise<Uint8Array> {
    const certificate = await certificateOf(this.#core, tx, identityId);
    if (certificate === undefined) throw new ClientError({ code: "contact/unknown" });
    return certificate;
  }
}

async function signed(sign: () => Promise<Uint8Array>): Promise<Uint8Array> {
  try {
    return await sign();
  } catch (cause) {
    if (cause instanceof IdentityError && cause.code === "certification/unknownUserId")
      throw new ClientError({ code: "trust/otherName" }, { cause });
    throw cause;
  }
}
