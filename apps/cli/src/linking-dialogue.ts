// Linking in a terminal, on the side that takes the new device in: shows the code, then the digits, and asks.
import type { Client, LinkingRun, LinkingTerms } from "@p2pcrypt/client";
import { ClientError } from "@p2pcrypt/client";
import { encodeQR } from "qr";
import type { Output } from "./output.ts";
import { printable } from "./printable.ts";
import { askYes } from "./question.ts";

/** @returns the run, linked. @throws {ClientError} linking/failed */
export async function offerLinking(
  client: Client,
  output: Output,
  { form, isKeeper, history }: LinkingTerms,
): Promise<LinkingRun> {
  const run = await client.devices.startLinking(form, { isKeeper, history });
  const { code, expiresAtMs } = run;
  output.say(form === "link" ? [encodeQR(code, "ascii"), code] : [code], { form, code, validUntil: expiresAtMs, isKeeper });
  output.note(isKeeper ? AS_KEEPER : AS_LIMITED);
  output.note("For your own new device alone: good once, for three minutes. There: p2pcrypt device join. Waiting …");
  const compare = await runWhen(client, run, ({ state }) => state !== "waiting");
  if (compare.state === "compare") {
    sayDigits(output, compare.digits ?? "", { device: compare.deviceName ?? "" });
    const isEqual = await askYes(`Does ${printable(compare.deviceName ?? "the new device")} show the same six digits? (yes/no) `);
    await client.devices.confirmLinking(isEqual);
  }
  const ended = await runWhen(client, run, ({ state }) => state === "linked" || state === "failed");
  if (ended.state === "failed") throw new ClientError({ code: "linking/failed", reason: ended.reason ?? "damaged" });
  return ended;
}

const AS_KEEPER = "The new device is given the identity's key. Removing it does not take that back.";
const AS_LIMITED =
  "The new device is limited: it talks, and asks this one for what needs the identity's key (--keeper gives it the key).";

export function sayDigits(output: Output, digits: string, about: Readonly<Record<string, string>>): void {
  output.say(`Digits:  ${digits.slice(0, 3)} ${digits.slice(3)}`, { digits, ...about });
}

/** Waits until the device is in every conversation that goes on, at most `maxMs`. */
export async function linkedIn(
  client: Client,
  deviceId: string,
  maxMs: number,
): Promise<{ readonly taken: number; readonly all: number }> {
  const count = (): { readonly taken: number; readonly all: number } => {
    const open = client.conversations.list().filter(({ state }) => state === "active");
    const taken = open.filter(({ members }) => members.some((member) => member.isSelf && member.deviceIds.includes(deviceId)));
    return { taken: taken.length, all: open.length };
  };
  const isDone = (): boolean => count().taken === count().all;
  if (!isDone())
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        unsubscribe();
        resolve();
      };
      const unsubscribe = client.subscribe((event) => {
        if (event.kind === "conversation" && isDone()) finish();
      });
      const timer = setTimeout(finish, maxMs);
    });
  await client.settled();
  return count();
}

function runWhen(client: Client, { run }: LinkingRun, holds: (run: LinkingRun) => boolean): Promise<LinkingRun> {
  return new Promise((resolve) => {
    const look = (present: LinkingRun | undefined): void => {
      if (present?.run !== run || !holds(present)) return;
      unsubscribe();
      resolve(present);
    };
    const unsubscribe = client.subscribe((event) => {
      if (event.kind === "linking") look(event.run);
    });
    look(client.devices.linking());
  });
}
