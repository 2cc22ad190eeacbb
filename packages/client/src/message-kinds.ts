import type { CallEntry, Entry } from "./entry-snapshots.ts";

/** Something that a person said, and not something that happened. */
export function isMessage<Any extends { readonly kind: Entry["kind"] }>(
  entry: Any,
): entry is Extract<Any, { readonly kind: "text" | "file" | "call" | "unknown" }> {
  return entry.kind === "text" || entry.kind === "file" || entry.kind === "call" || entry.kind === "unknown";
}

/** Somebody called and nobody answered here. */
export function isMissed({ outcome, isOwn }: Pick<CallEntry, "outcome" | "isOwn">): boolean {
  return !isOwn && (outcome === "missed" || outcome === "busy");
}

/** What counts as unread: said by others, and of their calls only those that nobody answered here. */
export function isNews(entry: WithoutPlace<Entry>): boolean {
  return isMessage(entry) && !entry.isOwn && (entry.kind !== "call" || isMissed(entry));
}

type WithoutPlace<Any> = Any extends Entry ? Omit<Any, "number" | "conversationId" | "atMs"> : never;
