// Looks up again whom one talks with, now and then: whoever lost a key publishes that it counts no more where others can find it, and
// cannot tell them in the conversation (I5, D4).
import type { Core } from "../core.ts";
import type { Step } from "../run/pump.ts";
import type { ContactRow } from "../store/rows.ts";
import { refresh } from "./look-up.ts";

const REFRESH_MS = 24 * 3_600_000;
/** After nobody answered. */
const AGAIN_MS = 3_600_000;

/** One contact, the one that was asked about longest ago. */
export async function refreshStep(core: Core): Promise<Step> {
  if (core.account.isCloned) return { kind: "idle" };
  const [next] = core.tables.contacts
    .all()
    .filter(({ state, certificate }) => state === "accepted" && certificate !== undefined)
    .sort((a, b) => lastMs(a) - lastMs(b));
  if (next === undefined) return { kind: "idle" };
  const delayMs = lastMs(next) + REFRESH_MS - core.nowMs;
  // A clock that was set back makes nobody wait longer.
  if (delayMs > 0 && delayMs <= REFRESH_MS) return { kind: "wait", delayMs };
  const isAnswered = await refresh(core, next);
  await core.ledger.transact(async (tx) => {
    const row = tx.get(core.tables.contacts, next.identityId);
    const lookedUpAtMs = isAnswered ? core.nowMs : core.nowMs - REFRESH_MS + AGAIN_MS;
    if (row !== undefined) tx.put(core.tables.contacts, next.identityId, { ...row, lookedUpAtMs });
  });
  return { kind: "again" };
}

function lastMs({ lookedUpAtMs, addedAtMs }: ContactRow): number {
  return lookedUpAtMs ?? addedAtMs;
}
