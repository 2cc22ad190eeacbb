// Where everybody stands on the map of trust: oneself in the middle, then those whom one certified or made a root, then whom these know,
// and so on outwards. Each near whom they are known through; nobody on top of another. In the time of a sort, so that thousands of people
// are no wait.
import type { TrustGraph, TrustGraphPerson } from "@p2pcrypt/client";

export interface Placed {
  readonly person: TrustGraphPerson;
  readonly x: number;
  readonly y: number;
  /** How many steps from oneself; undefined for whom no way leads to. */
  readonly distance: number | undefined;
}

export interface TrustLayout {
  readonly places: ReadonlyMap<string, Placed>;
  /** Of the circle that holds everybody. */
  readonly radius: number;
}

/** Between two people on a ring. */
export const SPACING = 76;
/** Between two rings: room for a line that shows how much it counts. */
const RING = 110;
/** Of whom no direction is better than another, the first stands above, and strangers begin below. */
const ABOVE = -Math.PI / 2;
const BELOW = Math.PI / 2;
const FULL_TURN = 2 * Math.PI;
/** From here on a ring is closed: a gap would look as if it meant something. */
const NEARLY_FULL = 0.6;

export function layOut({ people, edges }: TrustGraph): TrustLayout {
  const places = new Map<string, Placed>();
  const self = people.find(({ kind }) => kind === "self");
  if (self === undefined) return { places, radius: SPACING };
  const byId = new Map<string, TrustGraphPerson>(people.map((person) => [person.identityId, person]));
  const targets = new Map<string, string[]>();
  for (const { issuer, target } of edges) append(targets, issuer, target);
  const angles = new Map<string, number>([[self.identityId, ABOVE]]);
  places.set(self.identityId, { person: self, x: 0, y: 0, distance: 0 });
  let ring = 0;
  let distance = 0;
  let level = [self.identityId as string];
  while (level.length > 0) {
    const roots = distance === 0 ? people.filter(({ rootAmount }) => rootAmount !== undefined) : [];
    const wanted = wishes(level, targets, places, angles, roots);
    level = wanted.map(({ id }) => id);
    distance += 1;
    ring = settle(wanted, ring, (id, x, y, angle) => {
      const person = byId.get(id);
      if (person === undefined) return;
      places.set(id, { person, x, y, distance });
      angles.set(id, angle);
    });
  }
  // Whom no way leads to: known, and said nothing of. Outside of everybody.
  const apart = people.filter(({ identityId }) => !places.has(identityId)).sort(byName);
  const wanted = apart.map(({ identityId }, at) => ({
    id: identityId as string,
    angle: BELOW + (FULL_TURN * at) / apart.length,
  }));
  ring = settle(wanted, ring, (id, x, y) => {
    const person = byId.get(id);
    if (person !== undefined) places.set(id, { person, x, y, distance: undefined });
  });
  return { places, radius: ring * RING + SPACING };
}

interface Wish {
  readonly id: string;
  readonly angle: number;
}

/** The next level, each at the angle of whom they are known through. Around oneself everywhere is as good. */
function wishes(
  level: readonly string[],
  targets: ReadonlyMap<string, readonly string[]>,
  places: ReadonlyMap<string, Placed>,
  angles: ReadonlyMap<string, number>,
  roots: readonly TrustGraphPerson[],
): readonly Wish[] {
  const taken = new Set<string>();
  const found: Wish[] = [];
  const share = FULL_TURN / level.length;
  for (const id of level) {
    const own = [
      ...(targets.get(id) ?? []),
      ...(places.get(id)?.distance === 0 ? roots.map(({ identityId }) => identityId) : []),
    ];
    const fresh = [...new Set(own)].filter((one) => !places.has(one) && !taken.has(one));
    const middle = angles.get(id) ?? 0;
    for (const [at, one] of fresh.entries()) {
      taken.add(one);
      found.push({ id: one, angle: middle + share * ((at + 0.5) / fresh.length - 0.5) });
    }
  }
  return found.sort((a, b) => a.angle - b.angle);
}

/** Puts people on as many rings as they need, in the order of their angles. @returns the outermost ring used. */
function settle(wanted: readonly Wish[], inner: number, put: (id: string, x: number, y: number, angle: number) => void): number {
  if (wanted.length === 0) return inner;
  const capacities: number[] = [];
  for (let room = 0, ring = inner + 1; room < wanted.length; ring += 1) {
    const capacity = Math.max(1, Math.floor((FULL_TURN * ring * RING) / SPACING));
    capacities.push(capacity);
    room += capacity;
  }
  const rings: Wish[][] = capacities.map(() => []);
  for (const wish of wanted) {
    // The emptiest for its size: neighbours by angle end up on different rings.
    let best = 0;
    for (const [at, ring] of rings.entries()) {
      const [fill, bestFill] = [ring.length / (capacities[at] ?? 1), (rings[best]?.length ?? 0) / (capacities[best] ?? 1)];
      if (fill < bestFill) best = at;
    }
    rings[best]?.push(wish);
  }
  for (const [at, ring] of rings.entries()) {
    const radius = (inner + 1 + at) * RING;
    for (const { id, angle } of spread(ring, SPACING / radius))
      put(id, radius * Math.cos(angle), radius * Math.sin(angle), angle);
  }
  return inner + capacities.length;
}

/** Angles as wished where there is room, else pushed apart; evenly around when the ring is nearly full. */
function spread(ring: readonly Wish[], gap: number): readonly Wish[] {
  const first = ring[0]?.angle ?? 0;
  let last = Number.NEGATIVE_INFINITY;
  const pushed = ring.map(({ id, angle }) => {
    last = Math.max(angle, last + gap);
    return { id, angle: last };
  });
  const drift = pushed.reduce((sum, { angle }, at) => sum + angle - (ring[at]?.angle ?? 0), 0) / Math.max(1, ring.length);
  if (last - first + gap <= NEARLY_FULL * FULL_TURN) return pushed.map(({ id, angle }) => ({ id, angle: angle - drift }));
  return ring.map(({ id }, at) => ({ id, angle: first + (FULL_TURN * at) / ring.length }));
}

function byName(a: TrustGraphPerson, b: TrustGraphPerson): number {
  return a.name.localeCompare(b.name) || a.identityId.localeCompare(b.identityId);
}

function append(map: Map<string, string[]>, key: string, value: string): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}
