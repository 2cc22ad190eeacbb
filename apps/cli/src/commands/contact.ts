import type { Client, ContactSnapshot, ScanRun, ShortCodeRun } from "@p2pcrypt/client";
import type { Command } from "commander";
import type { CommandContext } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { introducedText, knownText } from "../known.ts";
import { settleWithin, withClient } from "../open-client.ts";
import { askSecretText } from "../passphrase.ts";
import { printable } from "../printable.ts";
import { askOnce } from "../question.ts";
import type { RunCommand } from "../run.ts";
import { giveScanned, showScanCode } from "../scan-dialogue.ts";
import { runShortCode } from "../short-code-dialogue.ts";
import { findContact } from "../who.ts";

const NETWORK_WAIT_MS = 15_000;

export function addContactCommands(program: Command, run: RunCommand): void {
  const contact = program.command("contact").description("people you talk with");
  const online = (job: (client: Client, context: CommandContext) => Promise<void>): Promise<void> =>
    run((context) =>
      withClient(context, { isOnline: true }, async (client) => {
        await settleWithin(client, NETWORK_WAIT_MS);
        await job(client, context);
        await settleWithin(client, NETWORK_WAIT_MS);
      }),
    );
  contact
    .command("add <link>")
    .description("ask somebody, by their link")
    .option("--hello <text>", "what they read with the request")
    .action((link: string, { hello }: { hello?: string }) =>
      online(async (client, context) => {
        const added = await client.contacts.add(link, hello ?? "");
        await settleWithin(client, NETWORK_WAIT_MS);
        tell(context, client.contacts.get(added.identityId) ?? added);
      }),
    );
  contact
    .command("list")
    .description("everybody, and requests that wait for you")
    .action(() =>
      online(async (client, { output }) => {
        const contacts = client.contacts.list();
        if (output.isJson) output.say([], { contacts: contacts.map(asJson) });
        else if (contacts.length === 0) output.say("Nobody yet. Give your link to somebody: p2pcrypt link", {});
        else for (const one of contacts) output.say(lineOf(one), {});
      }),
    );
  contact
    .command("accept <who>")
    .description("accept a request")
    .action((who: string) =>
      online(async (client, context) => tell(context, await client.contacts.accept(findContact(client, who).identityId))),
    );
  contact
    .command("decline [who]")
    .description("decline a request; they are not told")
    .option("--all", "every request that waits")
    .action((who: string | undefined, { all }: { all?: boolean }) => {
      if (who === undefined && all === true) return online(declineAll);
      if (who !== undefined && all !== true)
        return change(online, who, (client, { identityId }) => client.contacts.decline(identityId));
      return run(async () => {
        throw new CommandError(EXIT.usage, "usage/decline", "decline takes either WHO or --all");
      });
    });
  contact
    .command("block <who>")
    .description("hear nothing of them any more; they are not told")
    .action((who: string) => change(online, who, (client, { identityId }) => client.contacts.block(identityId)));
  contact
    .command("unblock <who>")
    .description("undo block")
    .action((who: string) => change(online, who, (client, { identityId }) => client.contacts.unblock(identityId)));
  contact
    .command("continue <who>")
    .description("go on in spite of an alert; verification is taken back")
    .action((who: string) => change(online, who, (client, { identityId }) => client.contacts.acceptAlert(identityId)));
  contact
    .command("code <who>")
    .description("the 60 digits to compare")
    .action((who: string) =>
      run((context) => withClient(context, { isOnline: false }, (client) => showCode(client, context, who))),
    );
  contact
    .command("verify <who>")
    .description("compare 60 digits that they told you")
    .requiredOption("--code <digits>", "the 60 digits; spaces do not matter")
    .action((who: string, { code }: { code: string }) =>
      run((context) => withClient(context, { isOnline: false }, (client) => verify(client, context, who, code))),
    );
  contact
    .command("sas <who>")
    .description("compare a short code, both at the same time")
    .action((who: string) => online((client, context) => sas(client, context, who)));
  contact
    .command("qr <who>")
    .description("show a code for them to scan, once, while they stand in front of you")
    .action((who: string) =>
      online(async (client, context) => {
        const run = await showScanCode(client, context.output, findContact(client, who));
        tellScan(client, context, run);
      }),
    );
  contact
    .command("scan")
    .description("what you scanned from a contact's screen, read from standard input")
    .option("--code-file <file>", "a file with it; - for standard input")
    .action(({ codeFile }: { codeFile?: string }) =>
      online(async (client, context) => {
        const text = await askSecretText("The scanned text; an empty line ends:", codeFile);
        tellScan(client, context, await giveScanned(client, context.output, text));
      }),
    );
}

type Online = (job: (client: Client, context: CommandContext) => Promise<void>) => Promise<void>;

function change(online: Online, who: string, run: (client: Client, contact: ContactSnapshot) => Promise<void>): Promise<void> {
  return online(async (client, context) => {
    const contact = findContact(client, who);
    await run(client, contact);
    tell(context, client.contacts.get(contact.identityId) ?? contact);
  });
}

async function declineAll(client: Client, { output }: CommandContext): Promise<void> {
  const declined = await client.contacts.declineAll();
  output.say(declined === 1 ? "1 request declined" : `${declined} requests declined`, { declined });
}

async function showCode(client: Client, { output }: CommandContext, who: string): Promise<void> {
  const contact = findContact(client, who);
  const { digits, mine, theirs } = await client.verification.digits(contact.identityId);
  const rows = [0, 20, 40].map((at) =>
    digits
      .slice(at, at + 20)
      .replaceAll(/(\d{5})/g, "$1 ")
      .trim(),
  );
  output.say(
    [
      ...rows,
      "",
      `Ask ${printable(contact.name)} for theirs, face to face or on a call you recognise. Equal? Then: p2pcrypt contact verify WHO --code "…"`,
    ],
    { identity: contact.identityId, digits, mine, theirs },
  );
}

async function verify(client: Client, { output }: CommandContext, who: string, code: string): Promise<void> {
  const contact = findContact(client, who);
  if (!(await client.verification.verifyDigits(contact.identityId, code))) {
    throw new CommandError(
      EXIT.differs,
      "verification/differs",
      `the digits differ: this may not be ${printable(contact.name)}. Nothing was marked.`,
    );
  }
  output.say(`${printable(contact.name)} is verified by you.`, { identity: contact.identityId, isVerified: true });
}

async function sas(client: Client, context: CommandContext, who: string): Promise<void> {
  const contact = findContact(client, who);
  const ended: ShortCodeRun = await runShortCode({ client, output: context.output, ask: askOnce }, contact);
  if (ended.state !== "verified") {
    throw new CommandError(EXIT.differs, "verification/failed", `not verified: ${ended.reason ?? "the run ended"}`);
  }
  context.output.say(`${printable(contact.name)} is verified by you.`, { identity: contact.identityId, isVerified: true });
}

function tellScan(client: Client, { output }: CommandContext, { contactId, state, reason }: ScanRun): void {
  if (state !== "verified")
    throw new CommandError(EXIT.differs, "verification/failed", `not verified: ${reason ?? "the run ended"}`);
  const name = client.contacts.get(contactId)?.name ?? "";
  output.say(`${printable(name)} is verified by you.`, { identity: contactId, isVerified: true });
}

function tell({ output }: CommandContext, contact: ContactSnapshot): void {
  output.say(lineOf(contact), asJson(contact));
}

const STATES: Record<ContactSnapshot["state"], string> = {
  requested: "you asked; waiting for them",
  asking: "asks you: accept or decline",
  accepted: "contact",
  declined: "declined",
  blocked: "blocked",
  gone: "the conversation has ended",
};

function lineOf(contact: ContactSnapshot): string {
  const { name, identityId, state, alert, greeting, delivery, failedRuns } = contact;
  const parts = [printable(name) || "(no name yet)", identityId.slice(0, 16), STATES[state]];
  if (state === "requested" && delivery === "queued") parts.push("request queued: their node was not reached yet");
  if (typeof delivery === "object") parts.push(`their node refuses: ${delivery.refused}`);
  if (state === "accepted") parts.push(knownText(contact));
  else if ((contact.authentication?.amount ?? 0) > 0) parts.push(introducedText(contact));
  if (failedRuns > 0) parts.push(`${failedRuns} failed comparisons`);
  if (alert !== undefined && !alert.isDecided)
    parts.push(`ALERT: ${alert.kind}; nothing is sent until you decide (contact block | contact continue)`);
  if (state === "asking" && greeting !== undefined && greeting !== "") parts.push(`"${printable(greeting)}"`);
  return parts.join("  ·  ");
}

function asJson({ identityId, ...contact }: ContactSnapshot): Record<string, unknown> {
  return { identity: identityId, ...contact };
}
