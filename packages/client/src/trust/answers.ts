// Why somebody is believed, and the whole picture: what the network says, in names.
import type { IdentityId } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import { ClientError } from "../failure.ts";
import type { NetworkAnswer, NetworkCertification } from "../identity-port.ts";
import type {
  CertificationSnapshot,
  PersonRef,
  TrustAnswer,
  TrustGraph,
  TrustGraphEdge,
  TrustGraphPerson,
  TrustPath,
  TrustStep,
} from "../trust-snapshots.ts";
import { FULL_AMOUNT, type TrustBook } from "./trust-book.ts";

const UNLIMITED_DEPTH = 255;

/** @throws {ClientError} contact/unknown */
export async function whyBelieved(book: TrustBook, identityId: IdentityId): Promise<TrustAnswer> {
  await book.ready();
  const person = book.people().find((one) => one.identityId === identityId);
  if (person === undefined) throw new ClientError({ code: "contact/unknown" });
  const answer = book.answer(person);
  return { person, amount: Math.min(answer.amount, FULL_AMOUNT), paths: answer.paths.map((path) => toPath(book, path)) };
}

export async function trustGraph(core: Core, book: TrustBook): Promise<TrustGraph> {
  await book.ready();
  const { tables, account } = core;
  const people = book.people().map((person): TrustGraphPerson => {
    const contact = tables.contacts.get(person.identityId);
    const rootAmount = tables.certified.get(person.identityId)?.rootAmount;
    return {
      ...person,
      kind: person.identityId === account.identityId ? "self" : contact === undefined ? "known" : "contact",
      amount: person.identityId === account.identityId ? FULL_AMOUNT : Math.min(book.answer(person).amount, FULL_AMOUNT),
      isVerified: contact?.trust.kind === "verified",
      ...(rootAmount === undefined ? {} : { rootAmount }),
    };
  });
  const edges = book.network.certifications(core.nowMs).flatMap((certification): TrustGraphEdge[] => {
    const [issuer, target] = [book.person(certification.issuer), book.person(certification.target)];
    if (issuer === undefined || target === undefined) return [];
    return [{ issuer: issuer.identityId, target: target.identityId, certification: toCertification(certification) }];
  });
  return { people, edges };
}

function toPath(book: TrustBook, { amount, certificates, certifications }: NetworkAnswer["paths"][number]): TrustPath {
  const steps = certifications.map(
    (one): TrustStep => ({
      issuer: nameOf(book, one.issuer),
      target: nameOf(book, one.target),
      certification: toCertification(one),
    }),
  );
  const [last, before] = [certificates.at(-1) ?? "", certificates.at(-2)];
  const isOwnStep = before === last;
  return { amount, steps: isOwnStep ? [...steps, { issuer: nameOf(book, last), target: nameOf(book, last) }] : steps };
}

function nameOf(book: TrustBook, fingerprint: string): PersonRef {
  const person = book.person(fingerprint);
  if (person === undefined) throw new RangeError("every certificate of the network has a name");
  return person;
}

function toCertification({ createdMs, expiresAtMs, depth, amount, scopes }: NetworkCertification): CertificationSnapshot {
  return {
    madeAtMs: createdMs,
    depth: Number.isFinite(depth) ? depth : UNLIMITED_DEPTH,
    amount,
    scopes,
    ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
  };
}
