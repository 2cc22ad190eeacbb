// Profiles that a client would not make by itself: of a number that is taken, with inboxes at several nodes.
import type { Core } from "../../src/core.ts";
import { NODE_URL } from "./world.ts";

const DAY_MS = 86_400_000;

export interface OddProfile {
  /** Added to the number of the published one. */
  readonly ahead: bigint;
  readonly name: string;
  readonly revokedDevices?: readonly Uint8Array[];
  /** Where the inbox is said to be. */
  readonly nodeUrls?: readonly string[];
}

/** Signed as the identity of `core`, which has published one before. */
export async function signOddProfile(core: Core, odd: OddProfile): Promise<Uint8Array> {
  const { account, nowMs } = core;
  const { profile, inbox, homeNodeId } = account;
  const key = inbox.keys.at(-1);
  if (profile === undefined || key === undefined || homeNodeId === undefined) throw new RangeError("nothing was published");
  const { stream } = inbox;
  const secret = await core.secret();
  return secret.signProfile(
    {
      sequence: profile.sequence + odd.ahead,
      issuedMs: nowMs,
      validUntilMs: nowMs + 10 * DAY_MS,
      isDeleted: false,
      displayName: odd.name,
      inboxes: (odd.nodeUrls ?? [NODE_URL]).map((nodeUrl) => ({
        nodeId: homeNodeId,
        nodeUrl,
        stream,
        inboxKey: key.publicKey,
        keyId: key.keyId,
      })),
      devices: [account.device.deviceId],
      revokedDevices: odd.revokedDevices ?? [],
    },
    nowMs,
  );
}
