// Contacts whose names a person could take for each other (I13).
import type { ContactSnapshot } from "@p2pcrypt/client";
import { skeletonOf } from "../text/look-alike.ts";

/** Identity ids of those that share a look with somebody else. */
export function twinsAmong(contacts: readonly Pick<ContactSnapshot, "identityId" | "name">[]): ReadonlySet<string> {
  const byLook = new Map<string, string[]>();
  for (const { identityId, name } of contacts) {
    const look = skeletonOf(name);
    if (look !== "") byLook.set(look, [...(byLook.get(look) ?? []), identityId]);
  }
  return new Set([...byLook.values()].filter((ids) => ids.length > 1).flat());
}
