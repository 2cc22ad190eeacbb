// Comparing with one contact, in the three ways: one scan, the short code, sixty digits. What runs on the other side shows here as well.
import type { Client, ContactSnapshot, ScanCode, ScanRun, ShortCodeRun } from "@p2pcrypt/client";
import { Model } from "./model.ts";

export type CompareWay = "scan" | "short" | "digits";

export interface CompareSnapshot {
  readonly contact: ContactSnapshot | undefined;
  readonly way: CompareWay;
  readonly shortCode: ShortCodeRun | undefined;
  readonly scan: ScanRun | undefined;
  /** On this screen, to be scanned. */
  readonly shown: ScanCode | undefined;
  readonly digits: { readonly digits: string; readonly mine: string; readonly theirs: string } | undefined;
  readonly digitsDiffer: boolean;
}

export class Compare extends Model<CompareSnapshot> {
  readonly #client: Client;
  readonly #identityId: ContactSnapshot["identityId"];

  constructor(client: Client, identityId: ContactSnapshot["identityId"]) {
    const shortCode = client.verification.shortCode(identityId);
    const scan = client.verification.scanRun(identityId);
    super({
      contact: client.contacts.get(identityId),
      way: isGoing(shortCode) ? "short" : "scan",
      shortCode: isGoing(shortCode) ? shortCode : undefined,
      // A code that was on the screen is gone with it; that somebody scanned it is not.
      scan: scan?.state === "scanned" || (isGoing(scan) && scan?.isShowing === false) ? scan : undefined,
      shown: undefined,
      digits: undefined,
      digitsDiffer: false,
    });
    this.#client = client;
    this.#identityId = identityId;
    this.until(
      client.subscribe((event) => {
        if (event.kind === "contact" && event.contact.identityId === identityId) this.update({ contact: event.contact });
        if (event.kind === "scan" && event.run.contactId === identityId) this.#scanned(event.run);
        if (event.kind !== "shortCode" || event.run.contactId !== identityId) return;
        this.update({ shortCode: event.run, ...(event.run.state === "offered" ? { way: "short" } : {}) });
      }),
    );
    void this.#loadDigits();
  }

  choose(way: CompareWay): void {
    this.update({ way, digitsDiffer: false });
  }

  async startShortCode(): Promise<void> {
    this.update({ shortCode: await this.#client.verification.startShortCode(this.#identityId) });
  }

  acceptShortCode(): Promise<void> {
    return this.#client.verification.acceptShortCode(this.#identityId);
  }

  confirmShortCode(isEqual: boolean): Promise<void> {
    return this.#client.verification.confirmShortCode(this.#identityId, isEqual);
  }

  cancelShortCode(): Promise<void> {
    return this.#client.verification.cancelShortCode(this.#identityId);
  }

  async showCode(): Promise<void> {
    const shown = await this.#client.verification.showScanCode(this.#identityId);
    this.update({ shown, scan: shown.run });
  }

  /** @throws {ClientError} scan/* */
  async scanned(text: string): Promise<void> {
    const scan = await this.#client.verification.scan(text, this.#identityId);
    this.update({ scan, shown: undefined });
  }

  confirmScan(isThem: boolean): Promise<void> {
    return this.#client.verification.confirmScan(this.#identityId, isThem);
  }

  async cancelScan(): Promise<void> {
    await this.#client.verification.cancelScan(this.#identityId);
    this.update({ shown: undefined, scan: undefined });
  }

  /** @throws {ClientError} verification/malformedCode */
  async check(digits: string): Promise<boolean> {
    const isEqual = await this.#client.verification.verifyDigits(this.#identityId, digits);
    this.update({ digitsDiffer: !isEqual });
    return isEqual;
  }

  /** The person compared all sixty by eye or ear. */
  async allSame(): Promise<void> {
    const { digits } = this.getSnapshot();
    if (digits !== undefined) await this.check(digits.digits);
  }

  #scanned(run: ScanRun): void {
    const { shown } = this.getSnapshot();
    const isMine = shown?.run.run === run.run;
    this.update({ scan: run, ...(isMine && run.state !== "waiting" ? { shown: undefined } : {}) });
  }

  async #loadDigits(): Promise<void> {
    if (this.getSnapshot().contact === undefined) return;
    this.update({ digits: await this.#client.verification.digits(this.#identityId).catch(() => undefined) });
  }
}

function isGoing(run: { readonly state: string } | undefined): boolean {
  return run !== undefined && run.state !== "verified" && run.state !== "failed";
}
