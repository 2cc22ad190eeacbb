// What applications call about trust. Interfaces, so that a worker's proxy can stand in for the real thing.
import type { IdentityId } from "@p2pcrypt/session";
import type { CertificationTerms, PersonRef, RootSnapshot, TrustAnswer, TrustGraph } from "./trust-snapshots.ts";

/** Vouching for people, and believing those who do. Certifications are private unless said otherwise. */
export interface Trust {
  /**
   * "I have checked that this is NAME", and with a depth, "and I trust them to introduce others". Takes the place of an earlier one.
   *
   * @throws {ClientError} contact/unknown, contact/undecided, trust/notVerified, trust/badTerms
   */
  certify(identityId: IdentityId, terms?: CertificationTerms): Promise<void>;
  /** Takes the own certification back; whoever was given it hears so. @throws {ClientError} trust/notCertified */
  revoke(identityId: IdentityId, reason?: "noLongerValid" | "neverValid"): Promise<void>;
  /**
   * Gives both the other's certificate with the own certification, inside the conversations.
   *
   * @throws {ClientError} contact/unknown, conversation/closed, trust/notCertified: of whom there is no own certification
   */
  introduce(one: IdentityId, other: IdentityId): Promise<void>;
  /** Gives a contact all own certifications. @throws {ClientError} contact/unknown, conversation/closed */
  share(withId: IdentityId): Promise<void>;
  /** Whether a contact is given every own certification as it is made. Turning it on shares those there are. */
  setSharing(withId: IdentityId, isAutomatic: boolean): Promise<void>;
  /**
   * Agrees that directories hand out this contact's public certification of me, or no longer.
   *
   * @throws {ClientError} trust/notCertified: no public certification of theirs is here
   */
  attest(byId: IdentityId, isAttested: boolean): Promise<void>;
  /**
   * Makes somebody a root: what they certify counts as one's own, up to `amount`. undefined: no longer.
   *
   * @throws {ClientError} contact/unknown, trust/badTerms
   */
  setRoot(identityId: IdentityId, amount: number | undefined): Promise<void>;
  /** A root by contact link or root link, who need not be a contact. Asks the link's node. @throws {ClientError} link/*, node/*, contact/notFound, contact/invalidIdentity, trust/badTerms */
  addRoot(link: string, amount: number): Promise<PersonRef>;
  roots(): Promise<readonly RootSnapshot[]>;
  /** Takes in certificates with certifications, for instance from a keyring of gpg. @returns how many. @throws {ClientError} trust/badKeyring */
  importKeyring(bytes: Uint8Array): Promise<number>;
  /**
   * Whom the owner of a gpg keyring trusts to introduce others (`gpg --export-ownertrust`), of those who are known here. Suggestions:
   * nobody becomes a root by this.
   */
  suggestedRoots(ownerTrust: string): Promise<readonly RootSnapshot[]>;
  /** @throws {ClientError} contact/unknown */
  why(identityId: IdentityId): Promise<TrustAnswer>;
  graph(): Promise<TrustGraph>;
}
