import { expect, it } from "vitest";
import { fitted, nearest, neighbour, showing, toMap, toScreen, zoomed } from "./map-camera.ts";

const size = { width: 400, height: 300 };

it("everybody is in sight at first, and a few people are not blown up", () => {
  const camera = fitted(1_000, size);
  for (const angle of [0, 1, 2, 3, 4, 5, 6]) {
    const at = toScreen(camera, { x: 1_000 * Math.cos(angle), y: 1_000 * Math.sin(angle) });
    expect(at.x).toBeGreaterThanOrEqual(0);
    expect(at.x).toBeLessThanOrEqual(size.width);
    expect(at.y).toBeGreaterThanOrEqual(-1e-9);
    expect(at.y).toBeLessThanOrEqual(size.height + 1e-9);
  }
  expect(fitted(10, size).scale).toBeLessThan(2);
});

it("zooming keeps what is under the pointer there, and ends somewhere", () => {
  const camera = fitted(500, size);
  const at = { x: 33, y: 210 };
  const before = toMap(camera, at);
  const after = toMap(zoomed(camera, 1.7, at), at);
  expect(after.x).toBeCloseTo(before.x, 9);
  expect(after.y).toBeCloseTo(before.y, 9);
  expect(zoomed(camera, 1e9, at).scale).toBeLessThan(10);
  expect(zoomed(camera, 1e-9, at).scale).toBeGreaterThan(0.01);
});

it("whoever is chosen comes into sight, and whoever is in sight moves nothing", () => {
  const camera = { scale: 1, x: 200, y: 150 };
  expect(showing(camera, { x: 0, y: 0 }, size, 40)).toBe(camera);
  expect(toScreen(showing(camera, { x: 1_000, y: -1_000 }, size, 40), { x: 1_000, y: -1_000 })).toEqual({ x: 360, y: 40 });
});

it("a press means the nearest in reach; an arrow leads to the next one that way", () => {
  const places = [
    { id: "middle", x: 0, y: 0 },
    { id: "right", x: 100, y: 10 },
    { id: "far right", x: 300, y: 0 },
    { id: "above", x: 20, y: -90 },
  ];
  expect(nearest(places, { x: 95, y: 0 }, 20)?.id).toBe("right");
  expect(nearest(places, { x: 50, y: 50 }, 20)).toBeUndefined();
  const from = { x: 0, y: 0 };
  expect(neighbour(places, from, { x: 1, y: 0 })?.id).toBe("right");
  expect(neighbour(places, { x: 100, y: 10 }, { x: 1, y: 0 })?.id).toBe("far right");
  expect(neighbour(places, from, { x: 0, y: -1 })?.id).toBe("above");
  expect(neighbour(places, from, { x: 0, y: 1 })).toBeUndefined();
});
