// The web of trust as a picture: Graphviz's text, or a drawing with oneself in the middle and others in rings by their distance.
import type { TrustGraph, TrustGraphPerson } from "@p2pcrypt/client";
import { printable } from "./printable.ts";

export function drawDot({ people, edges }: TrustGraph): string {
  const nodes = people.map(({ identityId, name, kind, amount }) => {
    const shape = kind === "self" ? "doublecircle" : "ellipse";
    return `  "${identityId.slice(0, 16)}" [label="${quoted(name)}\\n${amount} of 120", shape=${shape}];`;
  });
  const arrows = edges.map(({ issuer, target, certification }) => {
    const style = certification.depth > 0 ? "solid" : "dashed";
    return `  "${issuer.slice(0, 16)}" -> "${target.slice(0, 16)}" [label="${certification.amount}", style=${style}];`;
  });
  return ["digraph trust {", ...nodes, ...arrows, "}"].join("\n");
}

const RING = 150;
const MARGIN = 90;

export function drawSvg(graph: TrustGraph): string {
  const places = placesOf(graph);
  const reach = Math.max(RING, ...[...places.values()].map(({ x, y }) => Math.hypot(x, y))) + MARGIN;
  const size = 2 * Math.ceil(reach);
  const lines = graph.edges.flatMap(({ issuer, target, certification }) => {
    const [from, to] = [places.get(issuer), places.get(target)];
    if (from === undefined || to === undefined) return [];
    const width = (0.5 + (2.5 * Math.min(certification.amount, 120)) / 120).toFixed(1);
    const dashes = certification.depth > 0 ? "" : ' stroke-dasharray="4 3"';
    return [`<line x1="${from.x}" y1="${from.y}" x2="${to.x}" y2="${to.y}" stroke="#6366f1" stroke-width="${width}"${dashes}/>`];
  });
  const circles = graph.people.flatMap((person) => {
    const place = places.get(person.identityId);
    return place === undefined ? [] : [drawPerson(person, place)];
  });
  const view = `${-size / 2} ${-size / 2} ${size} ${size}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${view}" font-family="sans-serif" font-size="12">`,
    ...lines,
    ...circles,
    "</svg>",
  ].join("\n");
}

interface Place {
  readonly x: number;
  readonly y: number;
}

function drawPerson({ name, amount, kind }: TrustGraphPerson, { x, y }: Place): string {
  const fill = kind === "self" ? "#4338ca" : amount >= 120 ? "#c7d2fe" : amount > 0 ? "#e0e7ff" : "#ffffff";
  const circle = `<circle cx="${x}" cy="${y}" r="${kind === "self" ? 22 : 16}" fill="${fill}" stroke="#4338ca"/>`;
  return `${circle}<text x="${x}" y="${y + 34}" text-anchor="middle">${escaped(printable(name))}</text>`;
}

/** By the number of certifications from oneself; who is not reached stands outermost. */
function placesOf({ people, edges }: TrustGraph): Map<string, Place> {
  const self = people.find(({ kind }) => kind === "self")?.identityId;
  const distance = new Map<string, number>(self === undefined ? [] : [[self, 0]]);
  for (let ring = self === undefined ? [] : [self], step = 1; ring.length > 0; step++) {
    const next = edges.filter(({ issuer, target }) => ring.includes(issuer) && !distance.has(target)).map(({ target }) => target);
    for (const target of next) distance.set(target, step);
    ring = [...new Set(next)];
  }
  const farthest = Math.max(0, ...distance.values()) + 1;
  const rings = new Map<number, string[]>();
  for (const { identityId } of people) {
    const ring = distance.get(identityId) ?? farthest;
    rings.set(ring, [...(rings.get(ring) ?? []), identityId]);
  }
  const places = new Map<string, Place>();
  for (const [ring, ids] of rings)
    ids.forEach((id, i) => {
      const angle = (2 * Math.PI * i) / ids.length - Math.PI / 2;
      places.set(id, { x: Math.round(ring * RING * Math.cos(angle)), y: Math.round(ring * RING * Math.sin(angle)) });
    });
  return places;
}

function quoted(name: string): string {
  return printable(name).replaceAll("\\", "\\\\").replaceAll('"', '\\"');
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
