// The interactive short code in a terminal: waits for the other side, shows six digits, asks.
import type { Client, ContactSnapshot, ShortCodeRun } from "@p2pcrypt/client";
import type { Output } from "./output.ts";
import { printable } from "./printable.ts";

const WAIT_MS = 5 * 60_000;

export interface ShortCodeDialogue {
  readonly client: Client;
  readonly output: Pick<Output, "say" | "note">;
  /** The line that answers a question. One reader owns the terminal: the chat asks through its own. */
  readonly ask: (question: string) => Promise<string>;
}

/** Runs one comparison to its end: starts it, or answers the one they offer. */
export async function runShortCode({ client, output, ask }: ShortCodeDialogue, contact: ContactSnapshot): Promise<ShortCodeRun> {
  const { identityId, name } = contact;
  const offered = client.verification.shortCode(identityId);
  if (offered?.state === "offered") await client.verification.acceptShortCode(identityId);
  else await client.verification.startShortCode(identityId);
  output.note(`Waiting for ${printable(name)} to run the same command …`);
  const compare = await runIn(client, contact, (run) => run.state === "compare" || isOver(run));
  if (compare.code === undefined || isOver(compare)) return compare;
  output.say(`Your code:  ${compare.code.slice(0, 3)} ${compare.code.slice(3)}`, { code: compare.code });
  const isEqual = await saysYes(ask, `Does ${printable(name)} see the same six digits? (yes/no) `);
  await client.verification.confirmShortCode(identityId, isEqual);
  if (isEqual) output.note(`Waiting for ${printable(name)} to say the same …`);
  const ended = await runIn(client, contact, isOver);
  await client.settled();
  return ended;
}

function isOver({ state }: ShortCodeRun): boolean {
  return state === "verified" || state === "failed";
}

function runIn(client: Client, { identityId }: ContactSnapshot, holds: (run: ShortCodeRun) => boolean): Promise<ShortCodeRun> {
  return new Promise((resolve) => {
    const finish = (run: ShortCodeRun): void => {
      clearTimeout(timer);
      unsubscribe();
      resolve(run);
    };
    const unsubscribe = client.subscribe((event) => {
      if (event.kind !== "shortCode" || event.run.contactId !== identityId) return;
      // Theirs came while ours was waiting: theirs is as good.
      if (event.run.state === "offered") client.verification.acceptShortCode(identityId).catch(() => undefined);
      else if (holds(event.run)) finish(event.run);
    });
    const timer = setTimeout(() => {
      client.verification.cancelShortCode(identityId).catch(() => undefined);
      const run = client.verification.shortCode(identityId);
      if (run !== undefined) finish({ ...run, state: "failed", reason: "timeout" });
    }, WAIT_MS);
    const present = client.verification.shortCode(identityId);
    if (present !== undefined && holds(present)) finish(present);
  });
}

/** Asks until the answer is one of the two: a slip must neither verify nor be counted as a failed comparison. */
async function saysYes(ask: ShortCodeDialogue["ask"], question: string): Promise<boolean> {
  for (;;) {
    const answer = (await ask(question)).trim().toLowerCase();
    if (/^y(es)?$/.test(answer)) return true;
    if (/^no?$/.test(answer)) return false;
  }
}
