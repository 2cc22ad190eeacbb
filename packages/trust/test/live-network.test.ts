// The network that a client keeps: whatever order things arrive in, its answers are those of a keyring that was read as a whole.
import { expect, it } from "vitest";
import { KeyringNetwork, LiveNetwork, type TrustCertificate } from "../src/index.ts";
import { DAY_MS, NOW_MS } from "./support/people.ts";
import { type MadeNetwork, type Random, randomNetwork, SHAPES, seeded } from "./support/random-network.ts";
import { writeCertificate, writeKeyring } from "./support/write-keyring.ts";

const SEEDS = 12;

/** As it was before some of the statements on it were made. */
function earlierState(certificate: TrustCertificate, random: Random): TrustCertificate {
  const userIds = certificate.userIds.map((userId) => ({
    ...userId,
    certifications: userId.certifications.filter(() => random() < 0.5),
    withdrawals: userId.withdrawals.filter(() => random() < 0.5),
    revocations: [],
  }));
  return { ...certificate, userIds, revocations: [] };
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  return list
    .map((one) => ({ one, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

async function puzzled({ certificates, keys }: MadeNetwork, random: Random): Promise<LiveNetwork> {
  const live = new LiveNetwork();
  const states = [...certificates.filter(() => random() < 0.7).map((one) => earlierState(one, random))];
  for (const state of shuffled(states, random)) await live.put(writeCertificate(state, keys));
  for (const certificate of shuffled(certificates, random)) await live.put(writeCertificate(certificate, keys));
  return live;
}

function questions({ certificates, roots }: MadeNetwork, atMs: number) {
  return certificates.flatMap(({ fingerprint, userIds }) =>
    userIds.map(({ text }) => ({ roots, target: { fingerprint, userId: text }, atMs })),
  );
}

it("I6: answers as a keyring read at once does, in whatever order and state certificates arrive", async () => {
  let asked = 0;
  for (const shape of SHAPES) {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const random = seeded(seed * 7919);
      const made = randomNetwork(shape, random, NOW_MS);
      const live = await puzzled(made, random);
      const whole = await KeyringNetwork.open(writeKeyring(made.certificates, made.keys));
      for (const question of questions(made, NOW_MS)) {
        asked += 1;
        const [mine, theirs] = [live.authenticate(question), await whole.authenticate(question)];
        expect([shape, seed, mine.amount], JSON.stringify(question.target)).toEqual([shape, seed, theirs.amount]);
      }
    }
  }
  expect(asked).toBeGreaterThan(SHAPES.length * SEEDS * 3);
});

it("says when an answer may next change by itself: until then none does", async () => {
  let changes = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = seeded(seed);
    const made = randomNetwork("everything", random, NOW_MS);
    const live = await puzzled(made, random);
    const startMs = NOW_MS - 900 * DAY_MS;
    for (let atMs: number | undefined = startMs; atMs !== undefined && atMs < NOW_MS; atMs = live.nextChangeMs(atMs)) {
      const nextMs = live.nextChangeMs(atMs) ?? NOW_MS;
      const amounts = (whenMs: number) => questions(made, whenMs).map((question) => live.authenticate(question).amount);
      const middleMs = atMs + Math.floor((nextMs - atMs) / 2);
      expect(amounts(middleMs), `seed ${seed}`).toEqual(amounts(atMs));
      if (amounts(nextMs).join() !== amounts(atMs).join()) changes += 1;
    }
  }
  expect(changes, "some answers did change, at the times that were named").toBeGreaterThan(5);
});

it("verifies each signature once, and nothing again for a certificate that it knows", async () => {
  const made = randomNetwork("clique", seeded(3), NOW_MS);
  const live = await puzzled(made, seeded(3));
  const { verifications } = live;
  expect(verifications).toBeGreaterThan(0);
  for (const certificate of made.certificates) await live.put(writeCertificate(certificate, made.keys));
  expect(live.verifications).toBe(verifications);
  expect(live.size).toBe(made.certificates.length);
});

it("leaves out what is no certificate, and stays as it was", async () => {
  const made = randomNetwork("plain", seeded(5), NOW_MS);
  const live = await puzzled(made, seeded(5));
  const before = questions(made, NOW_MS).map((question) => live.authenticate(question));
  for (const bytes of [new Uint8Array(0), Uint8Array.of(0x99, 1, 2), new Uint8Array(5_000).fill(0xc6)]) await live.put(bytes);
  expect(questions(made, NOW_MS).map((question) => live.authenticate(question))).toEqual(before);
});
