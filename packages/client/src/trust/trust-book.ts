// The web of trust as this client sees it: the network of all certificates known here, kept up to date, and how far each contact is
// authenticated by it. Computed again after a change, never asked of anybody.
import type { IdentityId } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import type { CertificateNetwork, NetworkAnswer, NetworkQuestion } from "../identity-port.ts";
import type { Pump, Step } from "../run/pump.ts";
import type { AuthenticationSnapshot, PersonRef } from "../trust-snapshots.ts";
import { contactSnapshot } from "../views.ts";

export const FULL_AMOUNT = 120;
/** A clock may be set meanwhile. */
const LONGEST_WAIT_MS = 6 * 3_600_000;

export class TrustBook {
  readonly network: CertificateNetwork;
  readonly #core: Core;
  readonly #pump: Pump;
  /** What the network has of each identity. */
  readonly #inNetwork = new Map<string, readonly Uint8Array[]>();
  readonly #people = new Map<string, PersonRef>();

  constructor(core: Core) {
    this.#core = core;
    this.network = core.deps.identity.createNetwork();
    this.#pump = core.pump("trust", () => this.#step());
    core.onChanged((table) => {
      const { account, contacts, certified } = core.tables;
      if (table === account.name || table === contacts.name || table === certified.name) this.#pump.wake();
    });
    this.#pump.wake();
  }

  /** Resolves when every stored change is in the network and in `authentications`. */
  async ready(): Promise<void> {
    this.#pump.wake();
    await this.#pump.settled();
  }

  /** By fingerprint; somebody who is only named by a signature has no other name. */
  person(fingerprint: string): PersonRef | undefined {
    return this.#people.get(fingerprint);
  }

  people(): readonly PersonRef[] {
    return [...this.#people.values()];
  }

  /** Oneself, and those who were made roots. */
  roots(): NetworkQuestion["roots"] {
    const { tables, account } = this.#core;
    const others = tables.certified
      .all()
      .flatMap(({ fingerprint, rootAmount }) => (rootAmount === undefined ? [] : [{ fingerprint, amount: rootAmount }]));
    return [{ fingerprint: account.fingerprint, amount: FULL_AMOUNT }, ...others];
  }

  answer({ fingerprint, name }: Pick<PersonRef, "fingerprint" | "name">): NetworkAnswer {
    const target = { fingerprint, userId: name };
    return this.network.authenticate({ roots: this.roots(), target, atMs: this.#core.nowMs });
  }

  async #step(): Promise<Step> {
    await this.#follow();
    const { tables, authentications } = this.#core;
    for (const contact of tables.contacts.all()) {
      if (contact.fingerprint === "") continue;
      const now = this.#toSnapshot(this.answer(contact), contact.fingerprint);
      const before = authentications.get(contact.identityId);
      authentications.set(contact.identityId, now);
      const isSame = before !== undefined && isEqual(before, now);
      if (!isSame) this.#core.emit({ kind: "contact", contact: contactSnapshot(this.#core, contact) });
    }
    const nextMs = this.network.nextChangeMs(this.#core.nowMs);
    return nextMs === undefined
      ? { kind: "idle" }
      : { kind: "wait", delayMs: Math.min(nextMs - this.#core.nowMs, LONGEST_WAIT_MS) };
  }

  /** What people say of themselves and what is known of them besides are one certificate in the network. */
  async #follow(): Promise<void> {
    const { tables, account, deps } = this.#core;
    const said = new Map<IdentityId, PersonRef & { readonly certificate?: Uint8Array }>([[account.identityId, account]]);
    for (const contact of tables.contacts.all()) said.set(contact.identityId, contact);
    const certified = new Map(tables.certified.all().map((row) => [row.identityId, row]));
    for (const id of new Set([...said.keys(), ...certified.keys()])) {
      const parts = [said.get(id)?.certificate, certified.get(id)?.certificate].filter((part) => part !== undefined);
      const contact = said.get(id);
      // Of somebody who was introduced and then asked by their link, only the introduction has a certificate so far.
      const person = contact === undefined || contact.fingerprint === "" ? certified.get(id) : contact;
      const [first, second] = parts;
      if (person === undefined || first === undefined) continue;
      const { identityId, fingerprint, name } = person;
      this.#people.set(fingerprint, { identityId, fingerprint, name });
      const known = this.#inNetwork.get(id);
      if (known !== undefined && known.length === parts.length && known.every((part, i) => part === parts[i])) continue;
      await this.network.put(second === undefined ? first : await deps.identity.mergeCertificates(first, second));
      this.#inNetwork.set(id, parts);
    }
  }

  #toSnapshot({ amount, paths }: NetworkAnswer, target: string): AuthenticationSnapshot {
    const { account } = this.#core;
    const makers = paths.map(({ certifications }) => certifications.findLast((one) => one.target === target)?.issuer);
    const introducers = [...new Set(makers)].flatMap((maker) =>
      maker === undefined || maker === account.fingerprint ? [] : (this.person(maker) ?? []),
    );
    return { amount: Math.min(amount, FULL_AMOUNT), introducers };
  }
}

function isEqual(a: AuthenticationSnapshot, b: AuthenticationSnapshot): boolean {
  const names = ({ introducers }: AuthenticationSnapshot): string =>
    introducers.map(({ fingerprint, name }) => `${fingerprint} ${name}`).join("\n");
  return a.amount === b.amount && names(a) === names(b);
}
