// What stands on the map, made ready for painting: once for each change of the network, not for each frame.
import type { TrustAnswer, TrustGraph } from "@p2pcrypt/client";
import { avatarOf } from "../../model/avatar.ts";
import type { Placed, TrustLayout } from "../../model/trust-layout.ts";
import { FULL_AMOUNT } from "../../model/trust-mark.ts";
import { initialsOf, shownName } from "../../text/printable.ts";

export interface SceneEdge {
  /** As in `Lit.steps`. */
  readonly key: string;
  readonly from: Placed;
  readonly to: Placed;
  readonly amount: number;
  /** The issuer also trusts them to introduce others. */
  readonly introduces: boolean;
}

export interface ScenePerson extends Placed {
  readonly label: string;
  readonly initials: string;
  readonly ground: string;
  readonly figure: string;
  readonly shapes: Path2D;
}

export interface Scene {
  /** Nearest last, so that they lie on top. */
  readonly people: readonly ScenePerson[];
  readonly edges: readonly SceneEdge[];
}

/** People and steps that the chosen one is believed through. */
export interface Lit {
  readonly people: ReadonlySet<string>;
  readonly steps: ReadonlySet<string>;
}

const MAX_LABEL = 18;

export function makeScene(layout: TrustLayout, { edges, people }: TrustGraph): Scene {
  const strongest = new Map<string, SceneEdge>();
  const add = (issuer: string, target: string, amount: number, introduces: boolean): void => {
    const [from, to] = [layout.places.get(issuer), layout.places.get(target)];
    const key = stepKey(issuer, target);
    const known = strongest.get(key);
    if (from === undefined || to === undefined || from === to || (known?.amount ?? -1) > amount) return;
    strongest.set(key, { key, from, to, amount: Math.min(amount, FULL_AMOUNT), introduces });
  };
  for (const { issuer, target, certification } of edges) add(issuer, target, certification.amount, certification.depth > 0);
  const self = people.find(({ kind }) => kind === "self")?.identityId;
  // A root counts like oneself: that is a line too.
  for (const { identityId, rootAmount } of people)
    if (self !== undefined && rootAmount !== undefined) add(self, identityId, rootAmount, true);
  // Lines that look alike follow one another: a canvas is slow to change its pen.
  const all = [...strongest.values()].sort((a, b) => Number(a.introduces) - Number(b.introduces) || a.amount - b.amount);
  return { people: [...layout.places.values()].reverse().map(toScenePerson), edges: all };
}

function stepKey(issuer: string, target: string): string {
  return `${issuer} ${target}`;
}

export function litBy(answer: TrustAnswer | undefined, selfId: string): Lit {
  const people = new Set<string>();
  const steps = new Set<string>();
  for (const path of answer?.paths ?? []) {
    const first = path.steps[0]?.issuer.identityId ?? answer?.person.identityId;
    if (first !== undefined && first !== selfId) steps.add(stepKey(selfId, first));
    if (first !== undefined) people.add(selfId).add(first);
    for (const { issuer, target } of path.steps) {
      steps.add(stepKey(issuer.identityId, target.identityId));
      people.add(target.identityId);
    }
  }
  return { people, steps };
}

function toScenePerson(placed: Placed): ScenePerson {
  const { identityId, name } = placed.person;
  const { ground, figure, shapes } = avatarOf(identityId);
  const characters = [...shownName(name)];
  const label = characters.length <= MAX_LABEL ? characters.join("") : `${characters.slice(0, MAX_LABEL - 1).join("")}…`;
  return { ...placed, label, initials: initialsOf(name), ground, figure, shapes: new Path2D(shapes.join(" ")) };
}
