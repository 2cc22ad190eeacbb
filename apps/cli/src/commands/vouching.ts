// trust: vouching for contacts, believing those who do, and asking why.

import { readFileSync } from "node:fs";
import type { CertificationTerms, Client, ContactSnapshot, PersonRef, TrustAnswer, TrustStep } from "@p2pcrypt/client";
import type { Command } from "commander";
import type { CommandContext } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { settleWithin, withClient } from "../open-client.ts";
import { printable } from "../printable.ts";
import type { RunCommand } from "../run.ts";
import { drawDot, drawSvg } from "../trust-drawing.ts";
import { findContact } from "../who.ts";

const NETWORK_WAIT_MS = 15_000;
const DAY_MS = 86_400_000;

interface CertifyFlags {
  readonly introducer?: boolean;
  readonly depth?: string;
  readonly amount?: string;
  readonly scope?: readonly string[];
  readonly expires?: string;
  readonly publish?: boolean;
}

type Job = (client: Client, context: CommandContext) => Promise<void>;

export function addVouchingCommands(trust: Command, run: RunCommand): void {
  const offline = (job: Job): Promise<void> =>
    run((context) => withClient(context, { isOnline: false }, async (client) => job(client, context)));
  const online = (job: Job): Promise<void> =>
    run((context) =>
      withClient(context, { isOnline: true }, async (client) => {
        await settleWithin(client, NETWORK_WAIT_MS);
        await job(client, context);
        await settleWithin(client, NETWORK_WAIT_MS);
      }),
    );
  trust
    .command("certify <who>")
    .description('"I have checked that this is WHO": private unless published; only for contacts that you verified')
    .option("--introducer", "and I trust them to introduce others (depth 1)")
    .option("--depth <number>", "how many introducers may follow: 0 to 255")
    .option("--amount <number>", "how much their word counts: 0 to 255; 120 is full, 60 half")
    .option("--scope <regex...>", "only for names that one of these regular expressions matches")
    .option("--expires <days>", "ends after so many days")
    .option("--publish", "directories may hand it out, once WHO has agreed")
    .action((who: string, flags: CertifyFlags) => online((client, context) => certify(client, context, who, flags)));
  trust
    .command("revoke <who>")
    .description("take your certification back; whoever was given it hears so")
    .option("--never-valid", "it was wrong from the beginning")
    .action((who: string, { neverValid }: { neverValid?: boolean }) =>
      online(async (client, context) => {
        const contact = findContact(client, who);
        await client.trust.revoke(contact.identityId, neverValid === true ? "neverValid" : "noLongerValid");
        context.output.say(`You no longer certify ${printable(contact.name)}.`, {
          identity: contact.identityId,
          isCertified: false,
        });
      }),
    );
  trust
    .command("introduce <one> <other>")
    .description("give two contacts each other's certificate, with your certification")
    .action((one: string, other: string) =>
      online(async (client, { output }) => {
        const [first, second] = [findContact(client, one), findContact(client, other)];
        await client.trust.introduce(first.identityId, second.identityId);
        const names = `${printable(first.name)} and ${printable(second.name)}`;
        output.say(`${names} can ask each other now.`, { introduced: [first.identityId, second.identityId] });
      }),
    );
  trust
    .command("share <who>")
    .description("give a contact all your certifications")
    .option("--always", "and every later one as you make it")
    .option("--no-longer", "stop giving them new ones")
    .action((who: string, flags: { always?: boolean; longer: boolean }) =>
      online((client, context) => share(client, context, who, flags)),
    );
  trust
    .command("attest <who>")
    .description("let directories hand out this contact's public certification of you")
    .option("--withdraw", "no longer")
    .action((who: string, { withdraw }: { withdraw?: boolean }) =>
      online(async (client, { output }) => {
        const contact = findContact(client, who);
        await client.trust.attest(contact.identityId, withdraw !== true);
        const end = withdraw === true ? "no longer handed out" : "handed out by directories";
        output.say(`${printable(contact.name)}'s certification of you is ${end}.`, {
          identity: contact.identityId,
          isAttested: withdraw !== true,
        });
      }),
    );
  trust
    .command("why <who>")
    .description("why a contact is believed to be who their name says")
    .action((who: string) =>
      offline(async (client, { output }) => {
        const answer = await client.trust.why(findContact(client, who).identityId);
        output.say(whyLines(answer), answer);
      }),
    );
  addRootCommands(trust, offline, online);
  trust
    .command("graph")
    .description("everybody you know of, and who certified whom")
    .option("--dot", "for Graphviz")
    .option("--svg", "a drawing")
    .action(({ dot, svg }: { dot?: boolean; svg?: boolean }) =>
      offline(async (client, { output }) => {
        const graph = await client.trust.graph();
        if (dot === true) return output.say(drawDot(graph), { dot: drawDot(graph) });
        if (svg === true) return output.say(drawSvg(graph), { svg: drawSvg(graph) });
        const names = new Map(graph.people.map(({ identityId, name }) => [identityId, printable(name)]));
        const lines = graph.edges.map(({ issuer, target, certification }) => {
          const introduces = certification.depth > 0 ? `, may introduce (depth ${certification.depth})` : "";
          return `${names.get(issuer)} > ${names.get(target)}  ${certification.amount} of 120${introduces}`;
        });
        output.say(lines.length === 0 ? ["Nobody has certified anybody that you know of."] : lines, graph);
      }),
    );
  trust
    .command("import <keyring>")
    .description(
      "take in certificates with their certifications, for instance from gpg --export; nobody is believed for being in it",
    )
    .option("--owner-trust <file>", "what gpg --export-ownertrust said: names whom you may want to make a root")
    .action((path: string, { ownerTrust }: { ownerTrust?: string }) =>
      offline(async (client, { output }) => {
        const count = await client.trust.importKeyring(readFileSync(path));
        const suggested = ownerTrust === undefined ? [] : await client.trust.suggestedRoots(readFileSync(ownerTrust, "utf8"));
        output.say(
          [
            `${count} certificates were taken in.`,
            ...suggested.map(
              ({ person, amount }) =>
                `You trust ${printable(person.name)} to introduce others: p2pcrypt trust roots add ${person.identityId} --amount ${amount}`,
            ),
          ],
          { count, suggested },
        );
      }),
    );
}

function addRootCommands(trust: Command, offline: (job: Job) => Promise<void>, online: (job: Job) => Promise<void>): void {
  const roots = trust.command("roots").description("whose certifications count as your own");
  roots
    .command("list", { isDefault: true })
    .description("all of them")
    .action(() =>
      offline(async (client, { output }) => {
        const all = await client.trust.roots();
        const lines = all.map(
          ({ person, amount }) => `${printable(person.name)}  ${person.identityId.slice(0, 16)}  ${amount} of 120`,
        );
        output.say(lines.length === 0 ? ["Only you."] : lines, { roots: all });
      }),
    );
  roots
    .command("add <who>")
    .description("make a contact a root, or somebody of an imported keyring by id or fingerprint, or anybody by their link")
    .option("--amount <number>", "how much they count: 0 to 255; 120 is full", "120")
    .action((who: string, { amount }: { amount: string }) =>
      online(async (client, { output }) => {
        const value = numberOf(amount, "--amount");
        const isLink = who.includes("#/add/") || who.includes("#/root/");
        const person = isLink ? await client.trust.addRoot(who, value) : await knownPerson(client, who);
        if (!isLink) await client.trust.setRoot(person.identityId, value);
        output.say(`${printable(person.name)} is a root: ${value} of 120.`, { identity: person.identityId, amount: value });
      }),
    );
  roots
    .command("remove <who>")
    .description("no longer")
    .action((who: string) =>
      offline(async (client, { output }) => {
        const root = await rootOf(client, who);
        await client.trust.setRoot(root.identityId, undefined);
        output.say(`${printable(root.name)} is no root any more.`, { identity: root.identityId });
      }),
    );
}

async function certify(client: Client, { output }: CommandContext, who: string, flags: CertifyFlags): Promise<void> {
  const contact = findContact(client, who);
  const depth = flags.depth === undefined ? (flags.introducer === true ? 1 : 0) : numberOf(flags.depth, "--depth");
  const terms: CertificationTerms = {
    depth,
    scopes: flags.scope ?? [],
    isPublic: flags.publish === true,
    ...(flags.amount === undefined ? {} : { amount: numberOf(flags.amount, "--amount") }),
    ...(flags.expires === undefined ? {} : { expiresAtMs: Date.now() + numberOf(flags.expires, "--expires") * DAY_MS }),
  };
  await client.trust.certify(contact.identityId, terms);
  const certification = client.contacts.get(contact.identityId)?.certification;
  const name = printable(contact.name);
  const lines = [`You certify that this is ${name}${depth > 0 ? ", and trust them to introduce others" : ""}.`];
  if (flags.publish === true) lines.push(`${name} was asked to agree that directories hand it out.`);
  output.say(lines, { identity: contact.identityId, certification });
}

async function share(
  client: Client,
  { output }: CommandContext,
  who: string,
  { always, longer }: { readonly always?: boolean; readonly longer: boolean },
): Promise<void> {
  const { identityId, name } = findContact(client, who);
  if (always === true || !longer) await client.trust.setSharing(identityId, always === true);
  else await client.trust.share(identityId);
  const sentence = longer ? "was given your certifications" : "is given no new certifications";
  output.say(`${printable(name)} ${sentence}.`, { identity: identityId, isAutomatic: always === true });
}

/** A contact, or somebody whose certificate is here, by whole id or fingerprint. */
async function knownPerson(client: Client, who: string): Promise<PersonRef> {
  const { people } = await client.trust.graph();
  const found = people.find(({ identityId, fingerprint }) => identityId === who || fingerprint === who.toUpperCase());
  return found ?? findContact(client, who);
}

async function rootOf(client: Client, who: string): Promise<Pick<ContactSnapshot, "identityId" | "name">> {
  const found = (await client.trust.roots()).find(
    ({ person }) => person.name === who || person.identityId.startsWith(who.toLowerCase()),
  );
  return found?.person ?? findContact(client, who);
}

function whyLines({ person, amount, paths }: TrustAnswer): string[] {
  const head = `${printable(person.name)}  ${person.fingerprint}  ${amount} of 120`;
  if (paths.length === 0) return [head, "  Nobody whom you trust to introduce has certified them."];
  return [head, ...paths.flatMap((path) => [`  ${path.amount}:`, ...path.steps.map((step) => `    ${stepLine(step)}`)])];
}

function stepLine({ issuer, target, certification }: TrustStep): string {
  const names = `${printable(issuer.name)} > ${printable(target.name)}`;
  if (certification === undefined) return `${names}  by another name of theirs`;
  const { madeAtMs, depth, amount, expiresAtMs } = certification;
  const made = `${names}  ${new Date(madeAtMs).toLocaleDateString()}, ${amount} of 120`;
  const until = expiresAtMs === undefined ? "" : `, until ${new Date(expiresAtMs).toLocaleDateString()}`;
  return `${made}${depth > 0 ? ", may introduce" : ""}${until}`;
}

function numberOf(text: string, option: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new CommandError(EXIT.usage, "usage/malformed", `${option}: a whole number`, { option });
  return Number(text);
}
