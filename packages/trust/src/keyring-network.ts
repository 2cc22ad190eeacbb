// A keyring as a network in which a signature is verified when a computation first reads it, and never again. Before that, the same
// computation runs on what the signatures claim: it tells which of them will be read, so that they are verified together. What it finds
// is not believed.

import { decodeHex, encodeHex } from "@p2pcrypt/bytes";
import {
  type ClaimedCertificate,
  ClaimIssuer,
  digestOfBytes,
  digestOfCertificate,
  identityIdBytes,
  indexKeyring,
  type KeyringEntry,
  readClaims,
} from "@p2pcrypt/identity";
import { type Authentication, authenticateInSteps, type Question } from "./authenticate.ts";
import { type Place, placesOf, statementOf, toTrustCertificate } from "./claimed-statements.ts";
import { TrustNetwork } from "./network.ts";
import type { Need } from "./search.ts";
import {
  type CachedEntry,
  encodeCache,
  encodeEntry,
  isIssuer,
  issuerMark,
  type Verdict,
  VerdictCache,
  verdictsOf,
} from "./verdict-cache.ts";

interface Known {
  readonly entry: KeyringEntry;
  readonly cached: CachedEntry | undefined;
  opened: Opened | undefined;
  /** The state that this one took the place of: its signatures need no second look. */
  readonly before?: Opened | undefined;
}

interface Opened {
  readonly certificate: ClaimedCertificate;
  readonly places: readonly Place[];
  readonly issuer: ClaimIssuer;
  /** Eight bytes. */
  readonly keyId: Uint8Array;
  /** By place. */
  readonly verdicts: Verdict[];
  /** By place: who made it, where its signature holds. */
  readonly makers: (string | undefined)[];
  isOwnChecked: boolean;
  /** Certifications of this depth and more were checked; undefined: none. */
  checkedDepth: number | undefined;
  isGuessedWithIssuers: boolean;
}

interface Job {
  readonly target: Opened;
  readonly place: number;
  readonly issuer: Opened;
}

const AT_ONCE = 128;

export class KeyringNetwork {
  /** What was verified so far. Complete for what was asked, not for the keyring. */
  readonly network = new TrustNetwork();
  /** Certificates of the keyring that could not be read. */
  readonly skipped: number;
  readonly #guessed = new TrustNetwork();
  readonly #known: Map<string, Known>;
  /** Of those that were opened: who is named as maker of something on them. By fingerprint, or by key id where no more is named. */
  #named: Map<string, Set<Opened>> | undefined;
  #keyringDigest: Uint8Array;
  #isComplete = false;
  readonly #keyringBytes: number;
  readonly #cache: VerdictCache | undefined;
  #byKeyId: ReadonlyMap<string, readonly string[]> | undefined;
  #verifications = 0;

  private constructor(
    entries: readonly KeyringEntry[],
    skipped: number,
    keyring: { readonly digest: Uint8Array; readonly bytes: number },
    cache: VerdictCache | undefined,
    cachedOf: (index: number) => CachedEntry | undefined,
  ) {
    this.skipped = skipped;
    this.#keyringDigest = keyring.digest;
    this.#keyringBytes = keyring.bytes;
    this.#cache = cache;
    this.#known = new Map(entries.map((entry, i) => [entry.fingerprint, { entry, cached: cachedOf(i), opened: undefined }]));
  }

  /**
   * @param cached what `cache` gave for this keyring or another; it is believed.
   * @throws {IdentityError} certificate/* for what is no keyring
   */
  static async open(bytes: Uint8Array, cached?: Uint8Array): Promise<KeyringNetwork> {
    const keyring = { digest: await digestOfBytes(bytes), bytes: bytes.length };
    const cache = cached === undefined ? undefined : VerdictCache.open(cached);
    const entries = cache?.keyringDigest === encodeHex(keyring.digest) ? cut(bytes, cache.entries) : undefined;
    if (entries !== undefined) return new KeyringNetwork(entries, 0, keyring, cache, (i) => cache?.entries[i]);
    const read = await indexKeyring(bytes);
    return new KeyringNetwork(read.entries, read.skipped, keyring, cache, () => undefined);
  }

  /** How many signatures were verified since it was opened. */
  get verifications(): number {
    return this.#verifications;
  }

  get fingerprints(): Iterable<string> {
    return this.#known.keys();
  }

  async authenticate(question: Question): Promise<Authentication> {
    if (!this.#isComplete) await this.#load(this.#guessNeeds(question));
    const steps = authenticateInSteps(this.network, question);
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done === true) return step.value;
      await this.#load([step.value]);
    }
  }

  /** Everything that can be verified, so that `network` is complete. */
  async verifyAll(): Promise<void> {
    await this.#load([{ fingerprints: [...this.#known.keys()], depth: 0 }]);
    this.#isComplete = true;
  }

  /**
   * Adds a certificate or its newer state. Of all others, what was verified stays so; only what this one has to do with is looked at
   * again.
   *
   * @throws {IdentityError} certificate/* for what is not one certificate
   */
  put(bytes: Uint8Array): void {
    const { fingerprint } = readClaims(bytes);
    const before = this.#known.get(fingerprint);
    this.#known.set(fingerprint, { entry: { fingerprint, bytes }, cached: undefined, opened: undefined, before: before?.opened });
    this.#byKeyId = undefined;
    this.#isComplete = false;
    this.#keyringDigest = new Uint8Array(32);
    for (const network of [this.network, this.#guessed]) network.remove(fingerprint);
    const named = this.#namedMakers();
    for (const target of [...(named.get(fingerprint) ?? []), ...(named.get(keyIdOf(fingerprint)) ?? [])]) {
      target.checkedDepth = undefined;
      target.isGuessedWithIssuers = false;
      this.#guessed.remove(target.certificate.fingerprint);
    }
  }

  /** Its own signatures only, so that `network` has its user IDs. */
  async verifyOwn(fingerprint: string): Promise<void> {
    await this.#load([{ fingerprints: [fingerprint], depth: "none" }]);
  }

  /** For the next `open`: of this keyring at once, of a changed one for what did not change. */
  cache(): Uint8Array {
    const entries: Uint8Array[] = [];
    let lengthBytes = 0;
    for (const { entry, opened, cached } of this.#known.values()) {
      lengthBytes += entry.bytes.length;
      const name = decodeHex(entry.fingerprint);
      if (opened?.verdicts.some((verdict) => verdict !== undefined) === true) {
        entries.push(encodeEntry(name, entry.bytes.length, digestOfCertificate(entry.bytes), opened.verdicts));
      } else entries.push(cached?.raw ?? encodeEntry(name, entry.bytes.length, undefined, []));
    }
    // Armored, with copies or with unreadable parts: places in the file do not follow from the lengths.
    const isCut = lengthBytes === this.#keyringBytes;
    return encodeCache(isCut ? this.#keyringDigest : new Uint8Array(32), entries);
  }

  #guessNeeds(question: Question): Need[] {
    const needs: Need[] = [];
    const steps = authenticateInSteps(this.#guessed, question);
    for (let step = steps.next(); step.done !== true; step = steps.next()) {
      needs.push(step.value);
      for (const fingerprint of step.value.fingerprints) this.#guess(fingerprint, step.value.depth !== "none");
    }
    return needs;
  }

  /** Puts what is claimed into the network of guesses, with those who are said to have certified it. */
  #guess(fingerprint: string, isWithIssuers: boolean): void {
    const isNew = this.#guessed.get(fingerprint) === undefined;
    const opened = isNew || isWithIssuers ? this.#open(fingerprint) : undefined;
    if (opened === undefined || (!isNew && opened.isGuessedWithIssuers)) return;
    const issuers = opened.places.map(({ claim }) =>
      isWithIssuers || claim.mayBeBy(opened.keyId) ? this.#claimedIssuers(claim)[0] : undefined,
    );
    this.#guessed.put(toTrustCertificate(opened.certificate, (_, i) => issuers[i]));
    if (!isWithIssuers) return;
    opened.isGuessedWithIssuers = true;
    for (const issuer of new Set(issuers)) if (issuer !== undefined) this.#guess(issuer, false);
  }

  async #load(needs: readonly Need[]): Promise<void> {
    const changed = new Set<Opened>();
    const named = needs.flatMap(({ fingerprints }) => fingerprints.flatMap((fingerprint) => this.#open(fingerprint) ?? []));
    const jobs = needs.flatMap(({ fingerprints, depth }) =>
      depth === "none" ? [] : fingerprints.flatMap((fingerprint) => this.#certificationJobs(fingerprint, depth, changed)),
    );
    const own = new Set([...named, ...jobs.map(({ issuer }) => issuer)]);
    await this.#run([...jobs, ...[...own].flatMap((opened) => this.#ownJobs(opened, changed))]);
    for (const opened of changed) {
      this.network.put(toTrustCertificate(opened.certificate, (_, i) => opened.makers[i]));
    }
  }

  #ownJobs(opened: Opened, changed: Set<Opened>): Job[] {
    if (opened.isOwnChecked) return [];
    opened.isOwnChecked = true;
    changed.add(opened);
    const { fingerprint } = opened.certificate;
    return opened.places.flatMap((place, i) =>
      place.claim.mayBeBy(opened.keyId) &&
      this.#claimedIssuers(place.claim).includes(fingerprint) &&
      statementOf(place, true) !== undefined
        ? [{ target: opened, place: i, issuer: opened }]
        : [],
    );
  }

  /** Of each maker's signatures on a user ID all or none: a newer one takes the place of an older. */
  #certificationJobs(fingerprint: string, depth: number, changed: Set<Opened>): Job[] {
    const opened = this.#open(fingerprint);
    if (opened === undefined || (opened.checkedDepth ?? Number.POSITIVE_INFINITY) <= depth) return [];
    const groups = new Map<string, { deepest: number; readonly jobs: Job[] }>();
    opened.places.forEach((place, i) => {
      if (statementOf(place, false) === undefined || place.userId?.text === undefined) return;
      for (const name of this.#claimedIssuers(place.claim)) {
        const issuer = name === fingerprint ? undefined : this.#open(name);
        if (issuer === undefined) continue;
        const key = `${name} ${place.userId.text}`;
        const group = groups.get(key) ?? { deepest: -1, jobs: [] };
        groups.set(key, group);
        if (statementOf(place, false) === "certification") group.deepest = Math.max(group.deepest, place.claim.facts.depth);
        group.jobs.push({ target: opened, place: i, issuer });
      }
    });
    const was = opened.checkedDepth;
    opened.checkedDepth = depth;
    changed.add(opened);
    const isIn = (deepest: number, least: number): boolean => (deepest === 255 ? Number.POSITIVE_INFINITY : deepest) >= least;
    return [...groups.values()].flatMap(({ deepest, jobs }) =>
      isIn(deepest, depth) && (was === undefined || !isIn(deepest, was)) ? jobs : [],
    );
  }

  async #run(jobs: readonly Job[]): Promise<void> {
    for (let i = 0; i < jobs.length; i += AT_ONCE) {
      await Promise.all(jobs.slice(i, i + AT_ONCE).map((job) => this.#verify(job)));
    }
  }

  async #verify({ target, place, issuer }: Job): Promise<void> {
    const { id, fingerprint } = issuer.certificate;
    const known = target.verdicts[place];
    const found = target.places[place];
    if (found === undefined) return;
    let isGood = known?.isGood;
    if (known === undefined || isGood === undefined || !isIssuer(known.issuer, id)) {
      this.#verifications++;
      const { claim, userId } = found;
      isGood = await issuer.issuer.made(claim, {
        target: target.certificate,
        ...(userId === undefined ? {} : { userId: userId.bytes }),
      });
      // Of several with one key id, the one that made it.
      if (target.verdicts[place]?.isGood !== true) target.verdicts[place] = { isGood, issuer: issuerMark(identityIdBytes(id)) };
    }
    if (isGood) target.makers[place] = fingerprint;
  }

  /** Whom a signature names as its maker, of those who are in the keyring. */
  #claimedIssuers({ facts }: Place["claim"]): readonly string[] {
    const { issuerFingerprint, issuerKeyId } = facts;
    if (issuerFingerprint !== undefined) return this.#known.has(issuerFingerprint) ? [issuerFingerprint] : [];
    if (issuerKeyId === undefined) return [];
    this.#byKeyId ??= groupByKeyId(this.#known.keys());
    return this.#byKeyId.get(issuerKeyId) ?? [];
  }

  #open(fingerprint: string): Opened | undefined {
    const known = this.#known.get(fingerprint);
    if (known === undefined) return undefined;
    known.opened ??= this.#opened(known);
    return known.opened;
  }

  #opened({ entry, cached, before }: Known): Opened {
    const certificate = readClaims(entry.bytes);
    const places = placesOf(certificate);
    const opened: Opened = {
      certificate,
      places,
      issuer: new ClaimIssuer(certificate),
      keyId: decodeHex(keyIdOf(certificate.fingerprint)),
      verdicts: this.#knownVerdicts(entry, cached, places, before),
      makers: places.map(() => undefined),
      isOwnChecked: false,
      checkedDepth: undefined,
      isGuessedWithIssuers: false,
    };
    if (this.#named !== undefined) noteMakers(this.#named, opened);
    return opened;
  }

  /** Made when something changes for the first time: it has to read every signature of what was opened. */
  #namedMakers(): ReadonlyMap<string, ReadonlySet<Opened>> {
    if (this.#named === undefined) {
      this.#named = new Map();
      for (const { opened } of this.#known.values()) if (opened !== undefined) noteMakers(this.#named, opened);
    }
    return this.#named;
  }

  #knownVerdicts(entry: KeyringEntry, cached: CachedEntry | undefined, places: readonly Place[], before?: Opened): Verdict[] {
    if (before !== undefined) {
      const old = new Map(before.places.map(({ claim }, i) => [claim.body.join(), before.verdicts[i]]));
      return places.map(({ claim }) => old.get(claim.body.join()));
    }
    const from = cached ?? this.#cache?.find(digestOfCertificate(entry.bytes));
    const verdicts = from === undefined ? [] : verdictsOf(from);
    return places.map((_, i) => (verdicts.length === places.length ? verdicts[i] : undefined));
  }
}

/** The certificates of a keyring that was seen before, without reading it. */
function cut(bytes: Uint8Array, entries: readonly CachedEntry[]): KeyringEntry[] | undefined {
  let at = 0;
  const found = entries.map(({ fingerprint, lengthBytes }) => {
    const start = at;
    at += lengthBytes;
    return { fingerprint, bytes: bytes.subarray(start, at) };
  });
  return at === bytes.length ? found : undefined;
}

function noteMakers(named: Map<string, Set<Opened>>, opened: Opened): void {
  for (const { claim } of opened.places) {
    const name = claim.facts.issuerFingerprint ?? claim.facts.issuerKeyId;
    if (name === undefined || name === opened.certificate.fingerprint) continue;
    const targets = named.get(name);
    if (targets === undefined) named.set(name, new Set([opened]));
    else targets.add(opened);
  }
}

function groupByKeyId(fingerprints: Iterable<string>): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const fingerprint of fingerprints) {
    const keyId = keyIdOf(fingerprint);
    const group = groups.get(keyId);
    if (group === undefined) groups.set(keyId, [fingerprint]);
    else group.push(fingerprint);
  }
  return groups;
}

function keyIdOf(fingerprint: string): string {
  return fingerprint.length === 40 ? fingerprint.slice(-16) : fingerprint.slice(0, 16);
}
