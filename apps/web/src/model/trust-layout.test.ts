import type { TrustGraph, TrustGraphEdge, TrustGraphPerson } from "@p2pcrypt/client";
import { parseIdentityId } from "@p2pcrypt/identity";
import { expect, it } from "vitest";
import { layOut, SPACING } from "./trust-layout.ts";

it("oneself stands in the middle, everybody further out than whom they are known through, and strangers outside of all", () => {
  const { places, radius } = layOut(
    graphOf(4, [
      [0, 1],
      [1, 2],
    ]),
  );
  const at = (index: number): number => distanceOf(places.get(idOf(index)));
  expect(at(0)).toBe(0);
  expect(at(1)).toBeGreaterThan(at(0));
  expect(at(2)).toBeGreaterThan(at(1));
  expect(at(3)).toBeGreaterThan(at(2));
  expect(at(3)).toBeLessThan(radius);
  expect(places.get(idOf(3))?.distance).toBeUndefined();
});

it("nobody stands on another, among a thousand people at several distances, and all within the circle", () => {
  const edges = Array.from({ length: 999 }, (_, at): [number, number] => [at < 60 ? 0 : 1 + ((at * 7) % 59), at + 1]);
  const { places, radius } = layOut(graphOf(1_000, edges));
  expect(places.size).toBe(1_000);
  const all = [...places.values()];
  for (const [at, one] of all.entries()) {
    expect(distanceOf(one)).toBeLessThan(radius);
    for (const other of all.slice(at + 1)) {
      const apart = Math.hypot(one.x - other.x, one.y - other.y);
      if (apart < SPACING * 0.6) expect.fail(`${one.person.name} and ${other.person.name} are ${apart} apart`);
    }
  }
});

it("who is known through one person alone stands on their side", () => {
  const { places } = layOut(
    graphOf(6, [
      [0, 1],
      [0, 2],
      [0, 3],
      [2, 4],
      [2, 5],
    ]),
  );
  const [introducer, one, other] = [2, 4, 5].map((index) => places.get(idOf(index)));
  for (const child of [one, other]) expect(awayFrom(child, introducer)).toBeLessThan(Math.PI / 2);
});

it("a root that nobody certified stands beside oneself; the same graph is laid out the same", () => {
  const graph = graphOf(3, [[1, 2]], { 1: 60 });
  expect(layOut(graph).places.get(idOf(1))?.distance).toBe(1);
  expect(layOut(graph)).toEqual(layOut(graph));
});

function graphOf(
  people: number,
  edges: readonly (readonly [number, number])[],
  roots: Readonly<Record<number, number>> = {},
): TrustGraph {
  return {
    people: Array.from({ length: people }, (_, at): TrustGraphPerson => {
      const rootAmount = roots[at];
      const known = { identityId: idOf(at), fingerprint: idOf(at).slice(0, 40), name: `Person ${at}` };
      const kind = at === 0 ? ("self" as const) : ("contact" as const);
      return { ...known, kind, amount: 0, isVerified: false, ...(rootAmount === undefined ? {} : { rootAmount }) };
    }),
    edges: edges.map(
      ([issuer, target]): TrustGraphEdge => ({
        issuer: idOf(issuer),
        target: idOf(target),
        certification: { madeAtMs: 0, depth: 1, amount: 120, scopes: [] },
      }),
    ),
  };
}

function idOf(index: number) {
  const id = parseIdentityId(index.toString(16).padStart(64, "0"));
  if (id === undefined) throw new RangeError("an identity id has 64 hexadecimal digits");
  return id;
}

function distanceOf(place: { readonly x: number; readonly y: number } | undefined): number {
  return place === undefined ? Number.NaN : Math.hypot(place.x, place.y);
}

function awayFrom(
  one: { readonly x: number; readonly y: number } | undefined,
  other: { readonly x: number; readonly y: number } | undefined,
): number {
  const turn = Math.abs(Math.atan2(one?.y ?? 0, one?.x ?? 0) - Math.atan2(other?.y ?? 0, other?.x ?? 0));
  return Math.min(turn, 2 * Math.PI - turn);
}
