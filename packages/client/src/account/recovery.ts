// The recovery sheet: the identity's key as words and as a QR text, and the way back from it (spec/protocol/identity.md section 14).
// Contacts, messages and devices are not on it; what the home node's directory says about the identity is taken over.
import { ApiError } from "@p2pcrypt/api";
import {
  formatRecoveryText,
  IdentityError,
  parseRecoveryText,
  parseRecoveryWords,
  type RecoverySeed,
  toRecoveryWords,
} from "@p2pcrypt/identity";
import type { IdentityId } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import { ClientError } from "../failure.ts";
import type { Recovery } from "../origins.ts";
import { type ClientDeps, ConnectionError } from "../ports.ts";
import { within } from "../run/within.ts";
import type { RecoverySheet } from "../snapshots.ts";
import type { AccountRow } from "../store/rows.ts";
import { accountOf, DEFAULT_SETTINGS, secondsOf, toClientError } from "./create.ts";
import type { OpenedBackup } from "./full-backup.ts";
import { findNodeBackups, openNodeBackup, type PlacedBackup, shownBackup } from "./node-backup-find.ts";
import { backupRoot } from "./node-backup-format.ts";
import { parseNodeUrl } from "./node-url.ts";
import { change } from "./publish.ts";

const LOOKUP_MS = 10_000;

/** @throws {ClientError} recovery/notPossible */
export async function makeRecoverySheet(core: Core): Promise<RecoverySheet> {
  const seed = (await core.secret()).recoverySeed();
  if (seed === undefined) throw new ClientError({ code: "recovery/notPossible" });
  const { identityId, fingerprint, name, homeNodeUrl } = core.account;
  await change(core, { recoverySheetAtMs: core.nowMs });
  const text = formatRecoveryText({ ...seed, homeNodeUrl, name });
  return { words: await toRecoveryWords(seed), text, identityId, fingerprint, name, homeNodeUrl };
}

/** @throws {ClientError} recovery/*, name/*, nodeUrl/* */
export async function recoverAccount(deps: ClientDeps, recovery: Recovery): Promise<AccountRow> {
  const sheet = await readSheet(recovery);
  const homeNodeUrl = parseNodeUrl(recovery.homeNodeUrl ?? sheet.homeNodeUrl);
  const nowMs = deps.clock.nowMs();
  const known = await inDirectory(deps, homeNodeUrl, deps.identity.recoveredId(sheet.seed));
  const name = [known?.name, recovery.name, sheet.name].find((one) => one !== undefined && one !== "");
  if (name === undefined) throw new ClientError({ code: "recovery/nameNeeded" });
  if (known?.isRevoked === true) throw new ClientError({ code: "recovery/revoked" });
  try {
    const options = { name, nowMs, ...(known === undefined ? {} : { known: known.certificate }) };
    const secret = await deps.identity.recoverSecret(sheet.seed, options);
    const account = await accountOf(deps, { secret, homeNodeUrl, settings: DEFAULT_SETTINGS, name });
    return { ...account, recoverySheetAtMs: nowMs, leastSequence: secondsOf(nowMs), isRestored: true };
  } catch (cause) {
    throw toClientError(cause);
  }
}

/** What is at the node for whoever has this sheet, the newest first. @throws {ClientError} recovery/*, nodeUrl/*, node/unreachable */
export async function backupsFor(
  deps: ClientDeps,
  recovery: Recovery,
): Promise<{ readonly nodeUrl: string; readonly root: Uint8Array; readonly found: readonly PlacedBackup[] }> {
  const { seed, homeNodeUrl } = await readSheet(recovery);
  const nodeUrl = parseNodeUrl(recovery.homeNodeUrl ?? homeNodeUrl);
  const root = backupRoot(seed.seed);
  try {
    return { nodeUrl, root, found: await findNodeBackups(deps, nodeUrl, root) };
  } catch (cause) {
    if (cause instanceof ConnectionError) throw new ClientError({ code: "node/unreachable", nodeUrl }, { cause });
    if (cause instanceof ApiError) throw new ClientError({ code: "node/refused", nodeUrl, reason: cause.code }, { cause });
    throw cause;
  }
}

/** The one that the person wants; none when there is none. @throws {ClientError} backup/unknown, export/damaged, node/* */
export async function wantedBackup(
  deps: ClientDeps,
  recovery: Recovery,
): Promise<{ readonly opened: OpenedBackup; readonly madeAtMs: number } | undefined> {
  const { nodeUrl, root, found } = await backupsFor(deps, recovery);
  const wanted = recovery.backup === "newest" ? found[0] : found.find((one) => shownBackup(one).id === recovery.backup);
  if (wanted === undefined && recovery.backup !== "newest") throw new ClientError({ code: "backup/unknown" });
  if (wanted === undefined) return undefined;
  const opened = await openNodeBackup(deps, nodeUrl, root, wanted, recovery.told ?? (() => undefined));
  return { opened, madeAtMs: wanted.pointer.madeAtMs };
}

interface Sheet {
  readonly seed: RecoverySeed;
  readonly homeNodeUrl: string;
  readonly name: string;
}

async function readSheet(recovery: Recovery): Promise<Sheet> {
  try {
    if ("words" in recovery)
      return { seed: await parseRecoveryWords(recovery.words), homeNodeUrl: recovery.homeNodeUrl, name: "" };
    const { homeNodeUrl, name, ...seed } = parseRecoveryText(recovery.text);
    return { seed, homeNodeUrl, name };
  } catch (cause) {
    if (!(cause instanceof IdentityError)) throw cause;
    if (cause.code === "recovery/newer") throw new ClientError({ code: "recovery/newer" }, { cause });
    const { word } = cause;
    throw new ClientError({ code: "recovery/malformed", ...(word === undefined ? {} : { word }) }, { cause });
  }
}

interface Known {
  readonly certificate: Uint8Array;
  readonly name: string;
  readonly isRevoked: boolean;
}

/** What the node has about the identity. Nothing when it has nothing that holds, or does not answer: the sheet is enough. */
async function inDirectory(deps: ClientDeps, nodeUrl: string, identity: IdentityId): Promise<Known | undefined> {
  const { transport, timers, clock } = deps;
  try {
    const answer = transport.call(nodeUrl, "identity.lookup", { identity }, undefined);
    const { certificate } = await within(answer, LOOKUP_MS, timers, () => new ConnectionError("connection/timeout"));
    const facts = await deps.identity.readCertificate(certificate, { atMs: clock.nowMs() });
    if (facts?.id !== identity) return undefined;
    return { certificate, name: facts.name, isRevoked: facts.revocation !== "none" };
  } catch (error) {
    if (error instanceof ApiError || error instanceof ConnectionError) return undefined;
    throw error;
  }
}
