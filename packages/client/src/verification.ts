// Verifying a person: sixty digits, the interactive short code, or one scan. All bind to the identity, and nothing else verifies.
import { parseSixtyDigits, type SixtyDigits, sixtyDigits } from "@p2pcrypt/identity";
import type { IdentityId } from "@p2pcrypt/session";
import type { Scans } from "./conversation/scan.ts";
import type { ShortCodes } from "./conversation/short-code.ts";
import { markVerified } from "./conversation/verified.ts";
import type { Core } from "./core.ts";
import { ClientError } from "./failure.ts";
import type { ScanCode, ScanRun, ShortCodeRun } from "./snapshots.ts";
import type { Verification } from "./surface.ts";

export class ClientVerification implements Verification {
  readonly #core: Core;
  readonly #shortCodes: ShortCodes;
  readonly #scans: Scans;

  constructor(core: Core, runs: { readonly shortCodes: ShortCodes; readonly scans: Scans }) {
    this.#core = core;
    this.#shortCodes = runs.shortCodes;
    this.#scans = runs.scans;
  }

  async digits(identityId: IdentityId): Promise<SixtyDigits> {
    const primaryKey = this.#core.tables.contacts.get(identityId)?.primaryKey;
    if (primaryKey === undefined) throw new ClientError({ code: "contact/unknown" });
    return sixtyDigits(this.#core.account.primaryKey, primaryKey);
  }

  async verifyDigits(identityId: IdentityId, digits: string): Promise<boolean> {
    const core = this.#core;
    const given = parseSixtyDigits(digits);
    if (given === undefined) throw new ClientError({ code: "verification/malformedCode" });
    const expected = await this.digits(identityId);
    if (given !== expected.digits) return false;
    const isMarked = await core.ledger.transact((tx) => markVerified(core, tx, identityId, "digits"));
    if (!isMarked) throw new ClientError({ code: "contact/unknown" });
    return true;
  }

  startShortCode(identityId: IdentityId): Promise<ShortCodeRun> {
    return this.#shortCodes.start(identityId);
  }

  acceptShortCode(identityId: IdentityId): Promise<void> {
    return this.#shortCodes.accept(identityId);
  }

  confirmShortCode(identityId: IdentityId, isEqual: boolean): Promise<void> {
    return this.#shortCodes.confirm(identityId, isEqual);
  }

  cancelShortCode(identityId: IdentityId): Promise<void> {
    return this.#shortCodes.cancel(identityId);
  }

  shortCode(identityId: IdentityId): ShortCodeRun | undefined {
    return this.#shortCodes.run(identityId);
  }

  showScanCode(identityId: IdentityId): Promise<ScanCode> {
    return this.#scans.show(identityId);
  }

  scan(text: string, expected?: IdentityId): Promise<ScanRun> {
    return this.#scans.scan(text, expected);
  }

  confirmScan(identityId: IdentityId, isThem: boolean): Promise<void> {
    return this.#scans.confirm(identityId, isThem);
  }

  cancelScan(identityId: IdentityId): Promise<void> {
    return this.#scans.cancel(identityId);
  }

  scanRun(identityId: IdentityId): ScanRun | undefined {
    return this.#scans.run(identityId);
  }

  async withdraw(identityId: IdentityId): Promise<void> {
    const core = this.#core;
    await core.ledger.transact(async (tx) => {
      const contact = tx.get(core.tables.contacts, identityId);
      if (contact === undefined) throw new ClientError({ code: "contact/unknown" });
      tx.put(core.tables.contacts, identityId, { ...contact, trust: { kind: "unverified" } });
    });
  }
}
