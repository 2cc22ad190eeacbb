// What both sides of a direct way have: one connection, and somebody to say things to.
import type { Cancel } from "@p2pcrypt/bytes";
import type { FileStep } from "@p2pcrypt/content";
import type { Core } from "../core.ts";
import type { DirectConnection, DirectEvents } from "../files/file-ports.ts";

/** Said again so often until it is answered: what is not stored may be lost. */
export const SAY_AGAIN_MS = 1_000;
/** From the offer until bytes can flow. */
export const CONNECTS_WITHIN_MS = 10_000;

export interface RunDeps {
  readonly core: Core;
  readonly say: (step: FileStep) => void;
  /** Looks for ways only now. */
  readonly open: (events: DirectEvents) => Promise<DirectConnection>;
  /** Whether this side still shows its address, and the other one is still whom it shows it to. */
  readonly isAgreed: () => boolean;
}

/** A device of the other side: whatever another one says of a run is not for it (K2). */
export interface PeerDevice {
  /** Base64url. */
  readonly device: string;
  readonly leaf: number;
}

export function isSame(one: PeerDevice | undefined, other: PeerDevice): boolean {
  return one?.device === other.device && one.leaf === other.leaf;
}

/** Says a step now, and again until it is stopped. */
export function sayAgain({ core, say }: RunDeps, step: FileStep): Cancel {
  let cancel: Cancel = () => undefined;
  const repeat = (): void => {
    say(step);
    cancel = core.deps.timers.after(SAY_AGAIN_MS, repeat);
  };
  repeat();
  return () => cancel();
}
