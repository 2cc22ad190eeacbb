import type { Client, ContactSnapshot } from "@p2pcrypt/client";
import { Model } from "./model.ts";

/** One contact, as it changes. */
export class Person extends Model<{ readonly contact: ContactSnapshot | undefined }> {
  constructor(client: Client, identityId: ContactSnapshot["identityId"]) {
    super({ contact: client.contacts.get(identityId) });
    this.until(
      client.subscribe((event) => {
        if (event.kind === "contact" && event.contact.identityId === identityId) this.update({ contact: event.contact });
        if (event.kind === "contactForgotten" && event.identityId === identityId) this.update({ contact: undefined });
      }),
    );
  }
}
