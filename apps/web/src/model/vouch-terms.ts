// What a person chooses when they vouch for somebody, and the terms that it means. The plain choices fill in what stands under Advanced.
import type { CertificationSnapshot, CertificationTerms, OwnCertification } from "@p2pcrypt/client";
import { FULL_AMOUNT } from "./trust-mark.ts";

export type Introduces = "no" | "everyone" | "within" | "half";
export type Ends = "never" | "quarter" | "year" | "keep";

export interface VouchDraft {
  readonly introduces: Introduces;
  /** A domain or a part of a name, for `within`. */
  readonly within: string;
  readonly depth: string;
  readonly amount: string;
  /** Regular expressions, one on a line. */
  readonly scope: string;
  readonly ends: Ends;
  readonly isPublic: boolean;
}

export type TermsOutcome =
  | { readonly kind: "terms"; readonly terms: CertificationTerms }
  | { readonly kind: "bad"; readonly field: "depth" | "amount" | "within" };

const DAY_MS = 86_400_000;
const HALF_AMOUNT = 60;
const DAYS = { quarter: 90, year: 365 } as const;

/** What stands now, or the plainest: only this person, for good, in private. */
export function draftOf(standing: OwnCertification | undefined): VouchDraft {
  if (standing === undefined)
    return { introduces: "no", within: "", depth: "0", amount: String(FULL_AMOUNT), scope: "", ends: "never", isPublic: false };
  const { depth, amount, scopes, expiresAtMs, isPublic } = standing;
  const introduces = depth === 0 ? "no" : scopes.length > 0 ? "within" : amount === HALF_AMOUNT ? "half" : "everyone";
  return {
    introduces,
    within: scopes.map(groupIn).join(", "),
    depth: String(depth),
    amount: String(amount),
    scope: scopes.join("\n"),
    ends: expiresAtMs === undefined ? "never" : "keep",
    isPublic,
  };
}

export function withIntroduces(draft: VouchDraft, introduces: Introduces): VouchDraft {
  const amount = String(introduces === "half" ? HALF_AMOUNT : FULL_AMOUNT);
  const scope = introduces === "within" ? scopeFor(draft.within) : "";
  return { ...draft, introduces, depth: introduces === "no" ? "0" : "1", amount, scope };
}

export function withGroup(draft: VouchDraft, within: string): VouchDraft {
  return { ...draft, within, scope: scopeFor(within) };
}

export function termsOf(draft: VouchDraft, standing: OwnCertification | undefined, nowMs: number): TermsOutcome {
  const [depth, amount] = [byteOf(draft.depth), byteOf(draft.amount)];
  if (depth === undefined) return { kind: "bad", field: "depth" };
  if (amount === undefined) return { kind: "bad", field: "amount" };
  const scopes = draft.scope.split("\n").filter((line) => line !== "");
  // Without a scope it would be everyone: more than was chosen.
  if (draft.introduces === "within" && depth > 0 && scopes.length === 0) return { kind: "bad", field: "within" };
  const expiresAtMs = endOf(draft.ends, standing, nowMs);
  const { isPublic } = draft;
  return { kind: "terms", terms: { depth, amount, scopes, isPublic, ...(expiresAtMs === undefined ? {} : { expiresAtMs }) } };
}

/**
 * The regular expression for a domain (`work.example`: addresses in it and under it), or for a group (any name with these words in it).
 * Several, with commas between them, are alternatives.
 */
export function scopeFor(within: string): string {
  return within
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => (isDomain(part) ? `[@.]${escaped(part.replace(/^@/, ""))}>?$` : escaped(part)))
    .join("\n");
}

/** A scope in words, when it came from a domain or a group; else the expression itself. */
export function groupIn(scope: string): string {
  const [, domain] = /^\[@\.\](.+)>\?\$$/.exec(scope) ?? [];
  const plain = (domain ?? scope).replaceAll(/\\(.)/g, "$1");
  return scopeFor(plain) === scope ? plain : scope;
}

/** Shown a month before it ends, so that there is time to meet again. */
export function daysLeft({ expiresAtMs }: Pick<CertificationSnapshot, "expiresAtMs">, nowMs: number): number | undefined {
  return expiresAtMs === undefined ? undefined : Math.max(0, Math.ceil((expiresAtMs - nowMs) / DAY_MS));
}

function endOf(ends: Ends, standing: OwnCertification | undefined, nowMs: number): number | undefined {
  if (ends === "never") return undefined;
  return ends === "keep" ? standing?.expiresAtMs : nowMs + DAYS[ends] * DAY_MS;
}

/** A whole number from 0 to 255, as typed. */
export function byteOf(text: string): number | undefined {
  const value = /^\d{1,3}$/.test(text.trim()) ? Number(text.trim()) : Number.NaN;
  return value <= 255 ? value : undefined;
}

function isDomain(text: string): boolean {
  return /^@?[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+$/u.test(text);
}

function escaped(text: string): string {
  return text.replaceAll(/[\\|*+?()[\].^$]/g, "\\$&");
}
