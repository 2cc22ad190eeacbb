// How far the certificates of a keyring can be believed, as OpenPGP's web of trust says (docs/trust.md).
import { readFileSync } from "node:fs";
import { IdentityError } from "@p2pcrypt/identity";
import { type Authentication, authenticate, FULL_AMOUNT, KeyringNetwork, type Root, userIdsAt } from "@p2pcrypt/trust";
import type { Command } from "commander";
import type { CommandContext } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { printable } from "../printable.ts";
import type { RunCommand } from "../run.ts";
import { readTrustCache, writeTrustCache } from "../trust-cache.ts";
import { addVouchingCommands } from "./vouching.ts";

interface TrustFlags {
  readonly keyring: string;
  readonly root: readonly string[];
  readonly at?: string;
  readonly amount: string;
  readonly cache: boolean;
}

interface AuthenticateFlags extends TrustFlags {
  readonly target: string;
  readonly userid?: string;
}

export function addTrustCommands(program: Command, run: RunCommand): void {
  const trust = program.command("trust").description("vouching for people, and how far they can be believed");
  const asking = (command: Command): Command =>
    command
      .requiredOption("--keyring <file>", "OpenPGP certificates, binary or armored (gpg --export)")
      .requiredOption(
        "--root <root...>",
        "whom you believe yourself: fingerprint, or fingerprint:amount; 120 is fully, and the default",
      )
      .option("--at <time>", "as of another time than now, like 2026-01-31T12:00:00Z")
      .option("--amount <number>", "how much is sought; 120 is full", "120")
      .option("--no-cache", "neither read nor write what is known about signatures");
  asking(trust.command("authenticate").description("one certificate; exit code 0 when the amount is reached, 1 when not"))
    .requiredOption("--target <fingerprint>", "the certificate in question")
    .option("--userid <text>", "the user ID in question; otherwise the one that is believed most")
    .action((flags: AuthenticateFlags) => run((context) => authenticateOne(context, flags)));
  addVouchingCommands(trust, run);
  asking(trust.command("list").description("every user ID of every certificate of a keyring, with its amount")).action(
    (flags: TrustFlags) => run((context) => list(context, flags)),
  );
}

async function authenticateOne(context: CommandContext, flags: AuthenticateFlags): Promise<void> {
  const { roots, atMs, sought } = parseFlags(flags);
  const target = parseFingerprint(flags.target, "--target");
  await withKeyring(context, flags, async (keyring) => {
    await keyring.verifyOwn(target);
    const certificate = keyring.network.get(target);
    const userIds = flags.userid === undefined ? (certificate === undefined ? [] : userIdsAt(certificate, atMs)) : [flags.userid];
    let best: { readonly userId: string; readonly answer: Authentication } | undefined;
    for (const userId of userIds) {
      const answer = await keyring.authenticate({ roots, target: { fingerprint: target, userId }, atMs, sought });
      if (best === undefined || answer.amount > best.answer.amount) best = { userId, answer };
    }
    const answer = best?.answer ?? { amount: 0, paths: [] };
    context.output.say(linesOf(target, best?.userId ?? flags.userid ?? "", answer), asJson(answer));
    if (answer.amount < sought) process.exitCode = EXIT.failed;
  });
}

async function list(context: CommandContext, flags: TrustFlags): Promise<void> {
  const { roots, atMs, sought } = parseFlags(flags);
  await withKeyring(context, flags, async (keyring) => {
    await keyring.verifyAll();
    const bindings = [...keyring.network.values()].flatMap((certificate) =>
      userIdsAt(certificate, atMs).map((userId) => {
        const target = { fingerprint: certificate.fingerprint, userId };
        return { ...target, answer: authenticate(keyring.network, { roots, target, atMs, sought }) };
      }),
    );
    bindings.sort((a, b) => b.answer.amount - a.answer.amount || (a.fingerprint < b.fingerprint ? -1 : 1));
    const lines = bindings.map(({ fingerprint, userId, answer }) => headOf(fingerprint, userId, answer));
    context.output.say(lines, {
      bindings: bindings.map(({ fingerprint, userId, answer }) => ({ fingerprint, userId, ...asJson(answer) })),
    });
  });
}

async function withKeyring(
  context: CommandContext,
  { keyring: path, cache }: TrustFlags,
  use: (keyring: KeyringNetwork) => Promise<void>,
): Promise<void> {
  const keyring = await openKeyring(path, cache ? readTrustCache(context, path) : undefined);
  if (keyring.skipped > 0) context.output.note(`${keyring.skipped} certificates could not be read and were left out`);
  await use(keyring);
  if (cache && keyring.verifications > 0) writeTrustCache(context, path, keyring.cache());
}

async function openKeyring(path: string, cached: Uint8Array | undefined): Promise<KeyringNetwork> {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch {
    throw new CommandError(EXIT.usage, "keyring/unreadable", "the keyring cannot be read", { keyring: path });
  }
  try {
    return await KeyringNetwork.open(bytes, cached);
  } catch (error) {
    if (!(error instanceof IdentityError)) throw error;
    throw new CommandError(EXIT.usage, "keyring/malformed", "that file is no OpenPGP keyring, or not all of it", {
      reason: error.code,
    });
  }
}

function parseFlags({ root, at, amount }: TrustFlags): {
  readonly roots: Root[];
  readonly atMs: number;
  readonly sought: number;
} {
  const atMs = at === undefined ? Date.now() : ISO_TIME.test(at) ? Date.parse(at) : Number.NaN;
  if (Number.isNaN(atMs)) throw wrong("--at", "a time is written like 2026-01-31T12:00:00Z");
  return { roots: root.map(parseRoot), atMs, sought: parseAmount(amount, "--amount", 1_000_000) };
}

/** A date alone means its beginning; without a zone, UTC would be a guess, so the zone is wanted. */
const ISO_TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

function parseRoot(text: string): Root {
  const [fingerprint = "", amount, ...rest] = text.split(":");
  if (rest.length > 0) throw wrong("--root", "a root is a fingerprint, or a fingerprint, a colon and an amount");
  return {
    fingerprint: parseFingerprint(fingerprint, "--root"),
    amount: amount === undefined ? FULL_AMOUNT : parseAmount(amount, "--root", 255),
  };
}

function parseFingerprint(text: string, option: string): string {
  const fingerprint = text.replaceAll(" ", "").toUpperCase();
  if (!/^([0-9A-F]{40}|[0-9A-F]{64})$/.test(fingerprint)) throw wrong(option, "a fingerprint has 40 or 64 hexadecimal digits");
  return fingerprint;
}

function parseAmount(text: string, option: string, most: number): number {
  const amount = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  if (!(amount <= most)) throw wrong(option, `an amount is a number from 0 to ${most}`);
  return amount;
}

function wrong(option: string, sentence: string): CommandError {
  return new CommandError(EXIT.usage, "usage/malformed", `${option}: ${sentence}`, { option });
}

function headOf(fingerprint: string, userId: string, { amount }: Authentication): string {
  return `${String(amount).padStart(3)} of ${FULL_AMOUNT}  ${fingerprint}  ${printable(userId)}`;
}

function linesOf(fingerprint: string, userId: string, answer: Authentication): string[] {
  return [
    headOf(fingerprint, userId, answer),
    ...answer.paths.map(({ amount, certificates }) => `  ${String(amount).padStart(3)}  ${certificates.join(" > ")}`),
  ];
}

function asJson({ amount, paths }: Authentication): object {
  return { amount, paths: paths.map((path) => ({ amount: path.amount, certificates: path.certificates })) };
}
