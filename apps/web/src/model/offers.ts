// What other people began and this person has to answer, wherever they are: a short code that is offered, a code of this screen that was
// scanned.
import type { Client, ContactSnapshot } from "@p2pcrypt/client";
import { Model } from "./model.ts";

export interface Offer {
  readonly kind: "shortCode" | "scanned";
  readonly contact: ContactSnapshot;
}

export class Offers extends Model<readonly Offer[]> {
  readonly #client: Client;

  constructor(client: Client) {
    super([]);
    this.#client = client;
    this.until(
      client.subscribe(({ kind }) => (kind === "shortCode" || kind === "scan" || kind === "contact" ? this.#read() : undefined)),
    );
    this.#read();
  }

  /** Not now. */
  async refuse({ kind, contact: { identityId } }: Offer): Promise<void> {
    const { verification } = this.#client;
    await (kind === "shortCode" ? verification.cancelShortCode(identityId) : verification.confirmScan(identityId, false));
  }

  #read(): void {
    const { contacts, verification } = this.#client;
    this.show(
      contacts.list().flatMap((contact): readonly Offer[] => {
        if (contact.state !== "accepted") return [];
        if (verification.shortCode(contact.identityId)?.state === "offered") return [{ kind: "shortCode", contact }];
        return verification.scanRun(contact.identityId)?.state === "scanned" ? [{ kind: "scanned", contact }] : [];
      }),
    );
  }
}
