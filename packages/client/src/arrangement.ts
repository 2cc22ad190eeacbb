// How a person has put their conversations in order. Known on this device alone; others learn nothing of it.

export interface Arrangement {
  readonly isPinned?: boolean;
  /** Out of the list, until somebody says something there. A muted one stays out. */
  readonly isArchived?: boolean;
  /** Nothing is said of what arrives before this time; `always`: ever. */
  readonly mutedUntilMs?: number | "always";
  /** What is worth a notification: everything when left out, messages that name this person, or nothing. */
  readonly notify?: "mentions" | "nothing";
  /** Name of the folder that it lies in. */
  readonly folder?: string;
}

/** What changes; null takes away. */
export type ArrangementChange = { readonly [Field in keyof Arrangement]: Arrangement[Field] | null };

export const MAX_FOLDER_BYTES = 128;

export function isMuted({ mutedUntilMs = 0 }: Arrangement, nowMs: number): boolean {
  return mutedUntilMs === "always" || mutedUntilMs > nowMs;
}

/** Whether a message that names this person is told of: also when the conversation is muted, unless nothing is. */
export function mayCall({ notify }: Arrangement): boolean {
  return notify !== "nothing";
}

/** How much of a conversation counts where all are counted together. */
export function unreadThatCounts(
  { unread, mentions = [], arrangement = {} }: { unread: number; mentions?: readonly number[]; arrangement?: Arrangement },
  nowMs: number,
): number {
  if (!isMuted(arrangement, nowMs)) return unread;
  return mayCall(arrangement) ? mentions.length : 0;
}

export function arranged(before: Arrangement, change: ArrangementChange): Arrangement {
  const fields = Object.entries({ ...before, ...change }).filter(([, value]) => value !== null && value !== false);
  return Object.fromEntries(fields);
}
