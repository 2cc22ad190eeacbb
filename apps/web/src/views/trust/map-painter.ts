// One frame of the map of trust. Colours come from the page's tokens, so that every theme has its own map.
import { type Camera, type Point, type Size, toScreen } from "../../model/map-camera.ts";
import { FULL_AMOUNT } from "../../model/trust-mark.ts";
import type { Lit, Scene, SceneEdge, ScenePerson } from "./map-scene.ts";

export const INKS = ["ground", "text", "text-2", "line", "accent", "good"] as const;
export type Inks = Readonly<Record<(typeof INKS)[number], string>>;

export interface Frame {
  readonly scene: Scene;
  readonly camera: Camera;
  readonly size: Size;
  /** Pixels of the device for one of the page. */
  readonly ratio: number;
  /** Undefined: nobody is looked for, so everybody is shown alike. */
  readonly sought: ReadonlySet<string> | undefined;
  readonly lit: Lit;
  readonly chosenId: string | undefined;
  readonly pointedId: string | undefined;
  /** While it moves, what nobody can follow is left out, if it is much. */
  readonly isMoving: boolean;
  readonly inks: Inks;
  readonly font: string;
  readonly direction: "ltr" | "rtl";
}

/** In units of the map. */
export const PERSON_RADIUS = 22;
const SELF_RADIUS = 28;
const LEAST_RADIUS_PX = 2.5;
const INITIALS_FROM_PX = 9;
const PATTERN_FROM_PX = 14;
const LABELS_FROM_SCALE = 0.5;
const LABEL_PX = 12;
const FAINT = 0.16;
const MANY_LINES = 250;
const MANY_NAMES = 60;

export function paint(context: CanvasRenderingContext2D, frame: Frame): void {
  const { size, ratio, inks, scene } = frame;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.globalAlpha = 1;
  context.fillStyle = inks.ground;
  context.fillRect(0, 0, size.width, size.height);
  paintEdges(context, frame);
  const lit = frame.lit.steps.size === 0 ? [] : scene.edges.filter(({ key }) => frame.lit.steps.has(key));
  for (const edge of lit) paintLit(context, frame, edge);
  const inSight = scene.people.flatMap((person) => {
    const at = toScreen(frame.camera, person);
    const radius = radiusOf(person, frame.camera.scale);
    const reach = radius + 8;
    const isOutside = at.x < -reach || at.y < -reach || at.x > size.width + reach || at.y > size.height + reach;
    return isOutside ? [] : [{ person, at, radius }];
  });
  for (const { person, at, radius } of inSight) paintPerson(context, frame, person, at, radius);
  paintLabels(context, frame, inSight);
  for (const edge of lit) if (edge.amount < FULL_AMOUNT) paintAmount(context, frame, edge);
}

/**
 * Where many lines are in sight all are thin, since thin ones are ten times as fast, and what counts less is fainter. Where there are few,
 * the width says it, and a line that lets nobody introduce others is broken.
 */
function paintEdges(context: CanvasRenderingContext2D, { scene, camera, size, inks, lit, sought, isMoving }: Frame): void {
  const isHurried = isMoving && scene.edges.length > MANY_LINES;
  const inSight = scene.edges.flatMap(({ from, to, amount, introduces }) => {
    if (isHurried && !introduces) return [];
    const [start, end] = [toScreen(camera, from), toScreen(camera, to)];
    const isOutside = isBeside(start.x, end.x, size.width) || isBeside(start.y, end.y, size.height);
    return isOutside ? [] : [{ start, end, amount, introduces }];
  });
  const areMany = inSight.length > MANY_LINES;
  const strength = lit.steps.size > 0 || sought !== undefined ? FAINT : areMany ? 0.4 : 0.6;
  context.strokeStyle = inks.line;
  let pen = "";
  for (const { start, end, amount, introduces } of inSight) {
    const wanted = `${amount} ${introduces}`;
    if (pen !== wanted) {
      pen = wanted;
      context.globalAlpha = areMany ? strength * (0.3 + (0.7 * amount) / FULL_AMOUNT) : strength;
      context.lineWidth = areMany ? (introduces ? 1 : 0.8) : widthOf(amount, camera.scale);
      context.setLineDash(areMany || introduces ? [] : [5, 4]);
    }
    context.beginPath();
    context.moveTo(start.x, start.y);
    context.lineTo(end.x, end.y);
    context.stroke();
  }
  context.setLineDash([]);
}

function isBeside(one: number, other: number, length: number): boolean {
  return (one < 0 && other < 0) || (one > length && other > length);
}

/** A step of the way, with a head that says which way it goes. */
function paintLit(context: CanvasRenderingContext2D, { camera, inks }: Frame, { from, to, amount, introduces }: SceneEdge): void {
  const [start, end] = [toScreen(camera, from), toScreen(camera, to)];
  const length = Math.hypot(end.x - start.x, end.y - start.y) || 1;
  const [ux, uy] = [(end.x - start.x) / length, (end.y - start.y) / length];
  const gap = radiusOf(to, camera.scale) + 4;
  const tip = { x: end.x - ux * gap, y: end.y - uy * gap };
  context.globalAlpha = 1;
  context.strokeStyle = inks.accent;
  context.fillStyle = inks.accent;
  context.lineWidth = widthOf(amount, Math.max(camera.scale, 0.7));
  context.setLineDash(introduces ? [] : [5, 4]);
  context.beginPath();
  context.moveTo(start.x, start.y);
  context.lineTo(tip.x, tip.y);
  context.stroke();
  context.setLineDash([]);
  const head = 8;
  context.beginPath();
  context.moveTo(tip.x, tip.y);
  context.lineTo(tip.x - ux * head - uy * head * 0.6, tip.y - uy * head + ux * head * 0.6);
  context.lineTo(tip.x - ux * head + uy * head * 0.6, tip.y - uy * head - ux * head * 0.6);
  context.fill();
}

function paintPerson(context: CanvasRenderingContext2D, frame: Frame, person: ScenePerson, at: Point, radius: number): void {
  const { font } = frame;
  const { person: who, ground, figure, shapes, initials } = person;
  context.globalAlpha = isFaint(frame, who.identityId) ? FAINT : 1;
  paintRing(context, frame, person, at, radius);
  context.fillStyle = ground;
  disc(context, at, radius);
  if (radius < INITIALS_FROM_PX) return;
  if (radius >= PATTERN_FROM_PX) {
    context.save();
    context.clip();
    context.translate(at.x - radius, at.y - radius);
    context.scale((2 * radius) / 48, (2 * radius) / 48);
    context.fillStyle = figure;
    context.fill(shapes);
    context.restore();
  }
  context.fillStyle = "#ffffff";
  context.font = `600 ${Math.round(radius * 0.72)}px ${font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(initials, at.x, at.y + radius * 0.04);
}

/**
 * How far they are known, by what is around them: wide, in the colour of the words for it; broken for partly; thin for not. Another one for
 * a root, and a last one for whoever is chosen or pointed at. Discs over discs: a canvas fills faster than it strokes.
 */
function paintRing(
  context: CanvasRenderingContext2D,
  { inks, camera, chosenId, pointedId }: Frame,
  { person }: ScenePerson,
  at: Point,
  radius: number,
): void {
  const { kind, isVerified, amount, identityId, rootAmount } = person;
  const isSelf = kind === "self";
  const isBelieved = isSelf || isVerified || amount >= FULL_AMOUNT;
  const isPartly = !isBelieved && amount > 0;
  const thickness = Math.max(1, Math.min(3, camera.scale * 3.2));
  const ink = isSelf ? inks.text : isVerified ? inks.good : isBelieved || isPartly ? inks.accent : inks["text-2"];
  const rings: [reach: number, ink: string][] = [[radius + (isBelieved ? thickness + 0.5 : 1), ink]];
  const ring = (color: string): void => {
    const reach = rings.at(-1)?.[0] ?? radius;
    rings.push([reach + thickness, inks.ground], [reach + 2 * thickness, color]);
  };
  if (rootAmount !== undefined) ring(ink);
  if (identityId === chosenId || identityId === pointedId) ring(inks.accent);
  for (const [reach, fill] of rings.reverse()) {
    context.fillStyle = fill;
    disc(context, at, reach);
  }
  if (!isPartly || radius < INITIALS_FROM_PX) return;
  context.strokeStyle = ink;
  context.lineWidth = thickness;
  context.setLineDash([radius * 0.5, radius * 0.3]);
  context.beginPath();
  context.arc(at.x, at.y, radius + thickness, 0, 2 * Math.PI);
  context.stroke();
  context.setLineDash([]);
}

/** Names where there is room: whoever matters most first, nobody over another. */
function paintLabels(
  context: CanvasRenderingContext2D,
  frame: Frame,
  inSight: readonly { readonly person: ScenePerson; readonly at: Point; readonly radius: number }[],
): void {
  const { camera, inks, font, lit, chosenId, pointedId, sought, direction, isMoving } = frame;
  const matters = ({ person }: ScenePerson): boolean =>
    person.identityId === chosenId || person.identityId === pointedId || lit.people.has(person.identityId);
  const areMany = inSight.length > MANY_NAMES;
  const isNear = (camera.scale >= LABELS_FROM_SCALE || !areMany) && !(isMoving && areMany);
  const named = inSight.filter(({ person }) => {
    const { identityId } = person.person;
    return matters(person) || ((isNear || sought !== undefined) && !isFaint(frame, identityId));
  });
  named.sort((a, b) => Number(matters(b.person)) - Number(matters(a.person)) || near(a.person) - near(b.person));
  const taken: { readonly x: number; readonly y: number; readonly half: number }[] = [];
  context.globalAlpha = 1;
  context.font = `${LABEL_PX}px ${font}`;
  context.textAlign = "center";
  context.textBaseline = "top";
  context.direction = direction;
  for (const { person, at, radius } of named) {
    const y = at.y + radius + 6;
    const half = halfWidth(context, person);
    const isTaken = taken.some((one) => Math.abs(one.y - y) < LABEL_PX + 3 && Math.abs(one.x - at.x) < one.half + half);
    if (isTaken) continue;
    taken.push({ x: at.x, y, half });
    // A plate under the name is as good to read as a border around each letter, and far faster.
    context.globalAlpha = 0.75;
    context.fillStyle = inks.ground;
    context.fillRect(at.x - half, y - 1, 2 * half, LABEL_PX + 3);
    context.globalAlpha = 1;
    context.fillStyle = matters(person) ? inks.text : inks["text-2"];
    context.fillText(person.label, at.x, y);
  }
}

const halves = new WeakMap<ScenePerson, number>();

/** Measured once: there is one font and one size. */
function halfWidth(context: CanvasRenderingContext2D, person: ScenePerson): number {
  const known = halves.get(person);
  if (known !== undefined) return known;
  const half = context.measureText(person.label).width / 2 + 3;
  halves.set(person, half);
  return half;
}

/** On the middle of a step that counts less than full. */
function paintAmount(context: CanvasRenderingContext2D, { camera, inks, font }: Frame, { from, to, amount }: SceneEdge): void {
  const [start, end] = [toScreen(camera, from), toScreen(camera, to)];
  const [x, y] = [(start.x + end.x) / 2, (start.y + end.y) / 2];
  context.globalAlpha = 1;
  context.font = `600 ${LABEL_PX}px ${font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = inks.ground;
  disc(context, { x, y }, 13);
  context.fillStyle = inks.accent;
  context.fillText(String(amount), x, y + 0.5);
}

function radiusOf({ person }: Pick<ScenePerson, "person">, scale: number): number {
  return Math.max(LEAST_RADIUS_PX, (person.kind === "self" ? SELF_RADIUS : PERSON_RADIUS) * scale);
}

function isFaint({ lit, sought, chosenId, pointedId }: Frame, id: string): boolean {
  if (id === chosenId || id === pointedId || lit.people.has(id)) return false;
  return sought === undefined ? lit.steps.size > 0 : !sought.has(id);
}

function widthOf(amount: number, scale: number): number {
  return (0.7 + (3.3 * amount) / FULL_AMOUNT) * Math.max(0.3, Math.min(1.2, scale * 1.2));
}

function near({ distance }: ScenePerson): number {
  return distance ?? Number.MAX_SAFE_INTEGER;
}

function disc(context: CanvasRenderingContext2D, { x, y }: Point, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}
