// How far a contact is known, in one mark that is the same in list, conversation and details.
import type { ContactSnapshot } from "@p2pcrypt/client";

export type TrustMark =
  | { readonly kind: "verified" | "unverified" | "revoked" | "equivocation" | "expired" | "successor" | "blocked" | "gone" }
  /** By certifications of those who are trusted to introduce: never the same as having looked oneself. */
  | { readonly kind: "introduced"; readonly by: string; readonly others: number }
  | { readonly kind: "partly"; readonly amount: number };

export const FULL_AMOUNT = 120;

type Known = Pick<ContactSnapshot, "state" | "alert" | "trust" | "authentication">;

/** What stops a person comes before what reassures. */
export function trustMarkOf({ state, alert, trust, authentication }: Known): TrustMark {
  if (state === "blocked" || state === "gone") return { kind: state };
  if (alert !== undefined && (!alert.isDecided || alert.kind === "revoked")) return { kind: alert.kind };
  return trust.kind === "verified" ? { kind: "verified" } : beliefOf(authentication);
}

/** What certifications alone say. Where nobody introduced, what one said oneself is no news and a root is not looked at yet. */
export function beliefOf(authentication: ContactSnapshot["authentication"]): TrustMark {
  const [first, ...others] = authentication?.introducers ?? [];
  if (authentication === undefined || first === undefined || authentication.amount <= 0) return { kind: "unverified" };
  if (authentication.amount < FULL_AMOUNT) return { kind: "partly", amount: authentication.amount };
  return { kind: "introduced", by: first.name, others: others.length };
}
