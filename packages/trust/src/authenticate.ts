// How far a binding of user ID and certificate can be believed: the best path from a root, then the best in what is left, until enough is
// found (docs/trust.md). Each path takes at least 1 of what there is, so their number is bounded by the amount sought.
import { Capacity, type Root } from "./capacity.ts";
import { FULL_AMOUNT, type TrustCertificate } from "./certificate.ts";
import type { Edge, TrustNetwork } from "./network.ts";
import { type Need, type Reached, search, type Target } from "./search.ts";
import { bindingAt, isUserIdRevoked, standingAt } from "./validity.ts";

export interface Path {
  readonly amount: number;
  /** Fingerprints from the root to the target. The target stands twice when its own signature is the last step. */
  readonly certificates: readonly string[];
  /** The certifications between them, without the target's own signature. */
  readonly certifications: readonly Edge[];
}

export interface Authentication {
  /** Sum over the paths. 120 is full; more is possible when more is sought. */
  readonly amount: number;
  readonly paths: readonly Path[];
}

export interface Question {
  readonly roots: readonly Root[];
  readonly target: Target;
  readonly atMs: number;
  /** Paths are added until this is reached. */
  readonly sought?: number;
}

export function authenticate(network: TrustNetwork, question: Question): Authentication {
  const steps = authenticateInSteps(network, question);
  for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value;
}

/** The same with a pause before each reading, at which the caller may put verified certificates into the network. */
export function* authenticateInSteps(network: TrustNetwork, question: Question): Generator<Need, Authentication> {
  const { target, atMs, sought = FULL_AMOUNT } = question;
  const roots = mergedRoots(question.roots);
  yield { fingerprints: [target.fingerprint, ...roots.map(({ fingerprint }) => fingerprint)], depth: "none" };
  const present = roots.filter(({ fingerprint }) => isPresent(network.get(fingerprint), atMs));
  const paths: Path[] = [];
  if (!isBinding(network.get(target.fingerprint), target.userId, atMs)) return { amount: 0, paths };
  const capacity = new Capacity(present);
  const seekers = new Set(present.map(({ fingerprint }) => fingerprint));
  let amount = 0;
  for (let isMore = true; isMore && amount < sought; ) {
    isMore = false;
    // Paths that take the target as its own introducer come first, as long as there are any.
    for (const isSelfSigned of [true, false]) {
      const reached = yield* search({ network, target, atMs, capacity, isSelfSigned, seekers });
      const path = bestPath(reached, present, capacity, { target, isSelfSigned });
      if (path === undefined) continue;
      take(capacity, path);
      paths.push(path);
      amount += path.amount;
      isMore = true;
      break;
    }
  }
  return { amount, paths };
}

/** A root named twice counts with the larger amount. */
function mergedRoots(roots: readonly Root[]): Root[] {
  const merged = new Map<string, Root>();
  for (const root of roots) {
    if ((merged.get(root.fingerprint)?.amount ?? -1) < root.amount) merged.set(root.fingerprint, root);
  }
  return [...merged.values()];
}

function isPresent(certificate: TrustCertificate | undefined, atMs: number): boolean {
  return certificate !== undefined && standingAt(certificate, atMs) !== "absent";
}

/** Alive, not revoked, and the user ID is there and not revoked. */
function isBinding(certificate: TrustCertificate | undefined, userId: string, atMs: number): boolean {
  if (certificate === undefined || standingAt(certificate, atMs) !== "good") return false;
  const found = certificate.userIds.find(({ text }) => text === userId);
  return found !== undefined && bindingAt(found.bindings, atMs) !== undefined && !isUserIdRevoked(found, atMs);
}

interface Kind {
  readonly target: Target;
  readonly isSelfSigned: boolean;
}

/** The strongest, of these the shortest, of these that of the largest fingerprint. */
function bestPath(
  reached: ReadonlyMap<string, Reached>,
  roots: readonly Root[],
  capacity: Capacity,
  kind: Kind,
): Path | undefined {
  let best: Path | undefined;
  for (const { fingerprint } of roots) {
    const path = pathFrom(fingerprint, reached, capacity, kind);
    if (path !== undefined && path.amount > 0 && (best === undefined || isBefore(path, best))) best = path;
  }
  return best;
}

function pathFrom(
  root: string,
  reached: ReadonlyMap<string, Reached>,
  capacity: Capacity,
  { target, isSelfSigned }: Kind,
): Path | undefined {
  if (root === target.fingerprint) {
    const amount = capacity.left(root, root, FULL_AMOUNT);
    return isSelfSigned ? { amount, certificates: [root], certifications: [] } : undefined;
  }
  const way = reached.get(root);
  if (way === undefined) return undefined;
  const certifications: Edge[] = [];
  for (let edge = way.next; edge !== undefined; edge = reached.get(edge.target)?.next) certifications.push(edge);
  const certificates = [root, ...certifications.map((edge) => edge.target)];
  if (certifications.at(-1)?.userId !== target.userId) certificates.push(target.fingerprint);
  return { amount: way.amount, certificates, certifications };
}

function isBefore(a: Path, b: Path): boolean {
  if (a.amount !== b.amount) return a.amount > b.amount;
  if (a.certificates.length !== b.certificates.length) return a.certificates.length < b.certificates.length;
  return (a.certificates[0] ?? "") > (b.certificates[0] ?? "");
}

function take(capacity: Capacity, { certificates, amount }: Path): void {
  const [root = ""] = certificates;
  if (certificates.length === 1) {
    capacity.takeIssuer(root, amount);
    return;
  }
  const steps = certificates.slice(1).map((target, i) => ({ issuer: certificates[i] ?? "", target }));
  capacity.takePath(steps, amount);
}
