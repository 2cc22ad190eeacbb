import type { Client, SelfSnapshot } from "@p2pcrypt/client";
import { Model } from "./model.ts";

/** One's own identity, as it changes. */
export class SelfModel extends Model<SelfSnapshot> {
  constructor(client: Client) {
    super(client.account.snapshot());
    this.until(client.subscribe((event) => (event.kind === "self" ? this.show(event.self) : undefined)));
  }
}
