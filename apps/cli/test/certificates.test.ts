import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type TlsPair, validityOf, watchCertificateFiles } from "../src/node/certificates.ts";
import { renewedCertificates } from "../src/node/renewal.ts";
import { FIRST_PAIR, SECOND_PAIR } from "./support/tls-pairs.ts";

describe("a certificate from files", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "p2pcrypt-tls-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is read again when either file changes; a pair that does not fit is told and not used", async () => {
    const files = { certFile: join(folder, "cert.pem"), keyFile: join(folder, "key.pem") };
    const [first, second] = [FIRST_PAIR, SECOND_PAIR];
    const write = ({ cert, key }: Partial<TlsPair>): void => {
      if (cert !== undefined) writeFileSync(files.certFile, cert);
      if (key !== undefined) writeFileSync(files.keyFile, key);
    };
    write(first);
    let told: (cause: unknown) => void = () => undefined;
    const failed = new Promise<unknown>((resolve) => {
      told = resolve;
    });
    const certificates = watchCertificateFiles(files, told, 20);
    try {
      const changed = new Promise<TlsPair>((resolve) => certificates.onChange(resolve));
      write({ cert: second.cert });
      expect(await failed).toMatchObject({ code: "tls/malformed" });
      expect(certificates.current()).toEqual(first);
      // The certificate file stays as it is from here on: it is the key's change that makes the pair whole.
      write({ key: second.key });
      expect(await changed).toEqual(second);
      expect(certificates.current()).toEqual(second);
    } finally {
      certificates.close();
    }
  });

  it("is refused at the start when it is missing or does not fit", async () => {
    const files = { certFile: join(folder, "cert.pem"), keyFile: join(folder, "key.pem") };
    expect(() => watchCertificateFiles(files, () => undefined)).toThrow(expect.objectContaining({ code: "tls/missing" }));
    writeFileSync(files.certFile, FIRST_PAIR.cert);
    writeFileSync(files.keyFile, SECOND_PAIR.key);
    expect(() => watchCertificateFiles(files, () => undefined)).toThrow(expect.objectContaining({ code: "tls/malformed" }));
  });
});

describe("a certificate that is renewed", () => {
  /** Time that moves when told to: runs what became due and waits for what it started. */
  class Time {
    nowMs = 0;
    #due: { readonly atMs: number; readonly run: () => void }[] = [];
    readonly clock = { nowMs: (): number => this.nowMs };
    readonly timers = {
      after: (delayMs: number, run: () => void): (() => void) => {
        const entry = { atMs: this.nowMs + delayMs, run };
        this.#due.push(entry);
        return () => {
          this.#due = this.#due.filter((one) => one !== entry);
        };
      },
    };

    async pass(ms: number): Promise<void> {
      const untilMs = this.nowMs + ms;
      for (;;) {
        const [next] = this.#due.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs);
        if (next === undefined) break;
        this.#due = this.#due.filter((one) => one !== next);
        this.nowMs = Math.max(this.nowMs, next.atMs);
        next.run();
        await new Promise((resolve) => setImmediate(resolve));
      }
      this.nowMs = untilMs;
    }
  }

  const DAY_MS = 86_400_000;

  it("is asked for once, kept, and asked for again when two thirds of its life are over; a failure is told and tried again", async () => {
    const [first, second] = [FIRST_PAIR, SECOND_PAIR];
    const pairs = [first, second];
    const { fromMs, untilMs } = validityOf(first);
    const time = new Time();
    time.nowMs = fromMs;
    const events: string[] = [];
    let isDown = false;
    const kept: TlsPair[] = [];
    const certificates = await renewedCertificates({
      clock: time.clock,
      timers: time.timers,
      kept: undefined,
      issue: async () => {
        events.push("asked");
        if (isDown) throw new Error("down");
        return pairs.shift() ?? second;
      },
      keep: (pair) => kept.push(pair),
      failed: () => events.push("failed"),
    });
    certificates.onChange(() => events.push("changed"));
    expect([events, kept]).toEqual([["asked"], [first]]);
    const dueMs = untilMs - (untilMs - fromMs) / 3;
    await time.pass(dueMs - fromMs - 1_000);
    expect(events).toEqual(["asked"]);
    isDown = true;
    await time.pass(5_000);
    expect(events).toEqual(["asked", "asked", "failed"]);
    expect(certificates.current()).toBe(first);
    isDown = false;
    await time.pass(120_000);
    expect(events).toEqual(["asked", "asked", "failed", "asked", "changed"]);
    expect([certificates.current(), kept]).toEqual([second, [first, second]]);
    // The second is as old as the first: by this clock it is due at once, and still nobody is asked more than once an hour.
    await time.pass(DAY_MS);
    expect(events.filter((event) => event === "asked").length).toBeLessThanOrEqual(3 + 24);
    certificates.close();
    const { length } = events;
    await time.pass(DAY_MS);
    expect(events).toHaveLength(length);
  });

  it("is taken from where it was kept while it is valid, and asked for when it is not", async () => {
    const kept = FIRST_PAIR;
    const { fromMs, untilMs } = validityOf(kept);
    for (const [nowMs, count] of [
      [fromMs, 0],
      [untilMs + 1, 1],
    ] as const) {
      let asked = 0;
      const time = new Time();
      time.nowMs = nowMs;
      const issue = async (): Promise<TlsPair> => {
        asked += 1;
        return kept;
      };
      const deps = { clock: time.clock, timers: time.timers, kept, issue, keep: () => undefined, failed: () => undefined };
      (await renewedCertificates(deps)).close();
      expect(asked).toBe(count);
    }
  });
});
