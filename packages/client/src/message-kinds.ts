import type { Entry } from "./entry-snapshots.ts";

/** Something that a person said, and not something that happened. */
export function isMessage<Any extends { readonly kind: Entry["kind"] }>(
  entry: Any,
): entry is Extract<Any, { readonly kind: "text" | "file" | "unknown" }> {
  return entry.kind === "text" || entry.kind === "file" || entry.kind === "unknown";
}
