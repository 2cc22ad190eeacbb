// Verifying by one scan in a terminal: one side shows a code and says who scanned it, the other gives what it scanned.
import type { Client, ContactSnapshot, ScanRun } from "@p2pcrypt/client";
import { encodeQR } from "qr";
import type { Output } from "./output.ts";
import { printable } from "./printable.ts";
import { askYes } from "./question.ts";

/** Shows a code until it is scanned or over, then asks the person. */
export async function showScanCode(client: Client, output: Output, { identityId, name }: ContactSnapshot): Promise<ScanRun> {
  const { text, run } = await client.verification.showScanCode(identityId);
  const who = printable(name);
  output.say([encodeQR(text, "ascii"), text], { code: text, validUntil: run.endsAtMs });
  output.note(`For ${who} alone, standing in front of you: good once, for five minutes. Waiting for it to be scanned …`);
  const scanned = await runWhen(client, run, ({ state }) => state !== "waiting");
  if (scanned.state !== "scanned") return scanned;
  const isThem = await askYes(`Did ${who} scan it just now, here in front of you? (yes/no) `);
  await client.verification.confirmScan(identityId, isThem);
  return client.verification.scanRun(identityId) ?? scanned;
}

/** Waits for the person who showed the code to say so. */
export async function giveScanned(client: Client, output: Output, text: string): Promise<ScanRun> {
  const run = await client.verification.scan(text);
  output.note(`Waiting for ${printable(client.contacts.get(run.contactId)?.name ?? "")} to say that it was you …`);
  return runWhen(client, run, ({ state }) => state !== "waiting");
}

function runWhen(client: Client, run: ScanRun, holds: (run: ScanRun) => boolean): Promise<ScanRun> {
  return new Promise((resolve) => {
    const look = (present: ScanRun): void => {
      if (present.run !== run.run || present.isShowing !== run.isShowing || !holds(present)) return;
      unsubscribe();
      resolve(present);
    };
    const unsubscribe = client.subscribe((event) => {
      if (event.kind === "scan") look(event.run);
    });
    const present = client.verification.scanRun(run.contactId);
    if (present !== undefined) look(present);
  });
}
