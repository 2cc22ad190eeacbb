// One contact in the web of trust: why they are believed, and what one said of them oneself.
import type { Client, ContactSnapshot, RootSnapshot, TrustAnswer } from "@p2pcrypt/client";
import { Model } from "./model.ts";

export interface VouchingSnapshot {
  readonly contact: ContactSnapshot | undefined;
  readonly answer: TrustAnswer | undefined;
  readonly root: RootSnapshot | undefined;
}

export class Vouching extends Model<VouchingSnapshot> {
  readonly #client: Client;
  readonly #identityId: ContactSnapshot["identityId"];
  #asked = 0;

  constructor(client: Client, identityId: ContactSnapshot["identityId"]) {
    super({ contact: client.contacts.get(identityId), answer: undefined, root: undefined });
    this.#client = client;
    this.#identityId = identityId;
    this.until(
      client.subscribe((event) => {
        if (event.kind !== "contact") return;
        // A chain changes with those in it: whoever was introduced is told when it does, and so is the introducer's certification.
        if (event.contact.identityId === identityId) this.update({ contact: event.contact });
        void this.refresh();
      }),
    );
    void this.refresh();
  }

  /** After what no event tells: a root. */
  async refresh(): Promise<void> {
    const turn = ++this.#asked;
    const { trust } = this.#client;
    try {
      const [answer, roots] = await Promise.all([trust.why(this.#identityId), trust.roots()]);
      if (turn !== this.#asked) return;
      this.update({ answer, root: roots.find(({ person }) => person.identityId === this.#identityId) });
    } catch {
      // Nothing is known of them, or the client has closed: then there is no chain to show.
      if (turn === this.#asked) this.update({ answer: undefined, root: undefined });
    }
  }
}
