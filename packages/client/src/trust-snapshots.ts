// What the web of trust says, as plain data for views and commands.
import type { IdentityId } from "@p2pcrypt/session";

/** How far a name is believed by certifications alone, from those whom this person trusts to introduce. */
export interface AuthenticationSnapshot {
  /** 0 to 120; 120 is full. */
  readonly amount: number;
  /** Whose certifications of this contact it rests on, strongest first. Empty when it is one's own. */
  readonly introducers: readonly PersonRef[];
}

/** Somebody in the web of trust, a contact or not. */
export interface PersonRef {
  readonly identityId: IdentityId;
  readonly fingerprint: string;
  readonly name: string;
}

/** What a certification says. Times by the signer's clock, in whole seconds. */
export interface CertificationSnapshot {
  readonly madeAtMs: number;
  readonly expiresAtMs?: number;
  /** How many introducers may follow: 0 none, 255 any number. */
  readonly depth: number;
  readonly amount: number;
  /** An introducer counts for names that one of these regular expressions matches. Empty: for all. */
  readonly scopes: readonly string[];
}

/** A certification of one's own. */
export interface OwnCertification extends CertificationSnapshot {
  readonly isPublic: boolean;
}

export interface CertificationTerms {
  /** 0 (the default): certifies only. */
  readonly depth?: number;
  /** 120 (the default) is full. */
  readonly amount?: number;
  readonly scopes?: readonly string[];
  readonly expiresAtMs?: number;
  /** Public certifications may be handed out by directories, once their owner has agreed. Private is the default. */
  readonly isPublic?: boolean;
}

export interface TrustStep {
  readonly issuer: PersonRef;
  readonly target: PersonRef;
  /** Undefined for the step that an owner takes from one of their names to another. */
  readonly certification?: CertificationSnapshot;
}

export interface TrustPath {
  readonly amount: number;
  /** From a root to the person asked about. Empty when that person is a root. */
  readonly steps: readonly TrustStep[];
}

/** Why somebody is believed to be who their name says. */
export interface TrustAnswer {
  readonly person: PersonRef;
  readonly amount: number;
  readonly paths: readonly TrustPath[];
}

export interface RootSnapshot {
  readonly person: PersonRef;
  readonly amount: number;
}

export interface TrustGraphPerson extends PersonRef {
  readonly kind: "self" | "contact" | "known";
  readonly amount: number;
  readonly isVerified: boolean;
  readonly rootAmount?: number;
}

export interface TrustGraphEdge {
  readonly issuer: IdentityId;
  readonly target: IdentityId;
  readonly certification: CertificationSnapshot;
}

/** Everything that is known of who certified whom, and counts now. */
export interface TrustGraph {
  readonly people: readonly TrustGraphPerson[];
  readonly edges: readonly TrustGraphEdge[];
}
