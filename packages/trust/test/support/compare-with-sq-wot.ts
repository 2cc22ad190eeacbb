// One network, asked of sq-wot and of ourselves. sq-wot answers from run to run with either of two equal certifications of one
// certificate, so its answer about a binding is a set: ours has to be one of them, and is not compared with luck.
import { authenticate, FULL_AMOUNT, KeyringNetwork, type Root, TrustNetwork, userIdsAt } from "../../src/index.ts";
import { type MadeNetwork, randomNetwork, type Shape, seeded } from "./random-network.ts";
import { askSqWot, type OracleQuestion } from "./sq-wot.ts";
import { writeKeyring } from "./write-keyring.ts";

const MOST_RUNS = 24;

export interface Difference {
  readonly shape: Shape;
  readonly seed: number;
  readonly binding: string;
  readonly ours: string;
  readonly theirs: readonly string[];
}

export interface Comparison {
  readonly differences: readonly Difference[];
  /** Bindings with an amount above 0. */
  readonly believed: number;
}

export async function compareWithSqWot(shape: Shape, seed: number, nowMs: number): Promise<Comparison> {
  const made = randomNetwork(shape, seeded(seed), nowMs);
  const keyring = writeKeyring(made.certificates, made.keys);
  const { roots, question } = rootsFor(made, seed, nowMs);
  const sought = [120, 240, 60, 1][seed % 4] ?? 120;
  const ours = await ourAnswers(keyring, roots, sought, nowMs);
  const theirs = new Map<string, Set<string>>([...ours.keys()].map((binding) => [binding, new Set()]));
  const isSettled = (): boolean => [...theirs].every(([binding, answers]) => answers.has(ours.get(binding) ?? NOTHING));
  for (let run = 0; run < MOST_RUNS && (run === 0 || !isSettled()); run++) {
    const listed = new Map(askSqWot({ keyring, sought, ...question }).map((one) => [`${one.fingerprint} ${one.userId}`, one]));
    for (const binding of new Set([...listed.keys(), ...ours.keys()])) {
      const one = listed.get(binding);
      const answers = theirs.get(binding) ?? new Set();
      theirs.set(binding, answers.add(one === undefined ? NOTHING : written(one.percent, one.paths)));
    }
  }
  const differences = [...theirs].flatMap(([binding, answers]) => {
    const our = ours.get(binding) ?? NOTHING;
    return answers.has(our) ? [] : [{ shape, seed, binding, ours: our, theirs: [...answers] }];
  });
  return { differences, believed: [...ours.values()].filter((answer) => answer !== NOTHING).length };
}

const NOTHING = "nothing";

/** sq-wot takes other roots than full ones from gpg's owner trust only, and those only where the full ones reach them. */
function rootsFor(
  made: MadeNetwork,
  seed: number,
  nowMs: number,
): { roots: Root[]; question: Pick<OracleQuestion, "roots" | "ownerTrust"> } {
  const fingerprints = made.roots.map(({ fingerprint }) => fingerprint);
  const full = (names: readonly string[]): Root[] => names.map((fingerprint) => ({ fingerprint, amount: FULL_AMOUNT }));
  const [first = ""] = fingerprints;
  if (seed % 3 !== 0) return { roots: full(fingerprints), question: { roots: fingerprints } };
  const network = new TrustNetwork(made.certificates);
  const others = made.certificates.map(({ fingerprint }) => fingerprint).filter((fingerprint) => fingerprint !== first);
  const reached = others.filter((fingerprint) => {
    const certificate = network.get(fingerprint);
    return (certificate === undefined ? [] : userIdsAt(certificate, nowMs)).some(
      (userId) =>
        authenticate(network, { roots: full([first]), target: { fingerprint, userId }, atMs: nowMs }).amount >= FULL_AMOUNT,
    );
  });
  return {
    roots: [...full([first]), ...reached.map((fingerprint) => ({ fingerprint, amount: 40 }))],
    question: { roots: [first], ownerTrust: others.map((fingerprint) => [fingerprint, 4]) },
  };
}

async function ourAnswers(
  keyring: Uint8Array,
  roots: readonly Root[],
  sought: number,
  nowMs: number,
): Promise<Map<string, string>> {
  const network = await KeyringNetwork.open(keyring);
  const answers = new Map<string, string>();
  for (const fingerprint of network.fingerprints) {
    await network.verifyOwn(fingerprint);
    for (const { text } of network.network.get(fingerprint)?.userIds ?? []) {
      const target = { fingerprint, userId: text };
      const { amount, paths } = await network.authenticate({ roots, target, atMs: nowMs, sought });
      const percent = Math.floor((amount * 100) / FULL_AMOUNT);
      const shown = paths.map((path) => ({ ...path, amount: paths.length > 1 ? path.amount : undefined }));
      answers.set(`${fingerprint} ${text}`, amount === 0 ? NOTHING : written(percent, shown));
    }
  }
  return answers;
}

function written(
  percent: number,
  paths: readonly { readonly amount: number | undefined; readonly certificates: readonly string[] }[],
): string {
  return `${percent} % ${paths.map(({ amount, certificates }) => `${amount ?? ""} ${certificates.join(" > ")}`).join(" | ")}`;
}
