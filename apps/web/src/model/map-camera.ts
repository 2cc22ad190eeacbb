// Which part of the map is in sight, and who stands where one points or looks. Numbers only: what is drawn is another file.

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Camera {
  /** Pixels of the screen for one unit of the map. */
  readonly scale: number;
  /** Where the middle of the map is on the screen. */
  readonly x: number;
  readonly y: number;
}

const MIN_SCALE = 0.05;
const MAX_SCALE = 3;
/** A few people fill no wall. */
const MAX_FIT_SCALE = 1.3;

/** Everybody in sight. */
export function fitted(radius: number, { width, height }: Size): Camera {
  const scale = clamp(Math.min(width, height) / (2 * radius), MIN_SCALE, MAX_FIT_SCALE);
  return { scale, x: width / 2, y: height / 2 };
}

export function panned({ scale, x, y }: Camera, dx: number, dy: number): Camera {
  return { scale, x: x + dx, y: y + dy };
}

/** What is at this point of the screen stays there. */
export function zoomed(camera: Camera, factor: number, at: Point): Camera {
  const scale = clamp(camera.scale * factor, MIN_SCALE, MAX_SCALE);
  const ratio = scale / camera.scale;
  return { scale, x: at.x - (at.x - camera.x) * ratio, y: at.y - (at.y - camera.y) * ratio };
}

/** Moves no more than it takes to have somebody in sight, with some room around. */
export function showing(camera: Camera, place: Point, { width, height }: Size, room: number): Camera {
  const at = toScreen(camera, place);
  const dx = clamp(at.x, Math.min(room, width / 2), Math.max(width - room, width / 2)) - at.x;
  const dy = clamp(at.y, Math.min(room, height / 2), Math.max(height - room, height / 2)) - at.y;
  return dx === 0 && dy === 0 ? camera : panned(camera, dx, dy);
}

export function toScreen({ scale, x, y }: Camera, place: Point): Point {
  return { x: x + place.x * scale, y: y + place.y * scale };
}

export function toMap({ scale, x, y }: Camera, point: Point): Point {
  return { x: (point.x - x) / scale, y: (point.y - y) / scale };
}

export function nearest<Place extends Point>(places: Iterable<Place>, to: Point, within: number): Place | undefined {
  let found: Place | undefined;
  let least = within;
  for (const place of places) {
    const distance = Math.hypot(place.x - to.x, place.y - to.y);
    if (distance > least) continue;
    least = distance;
    found = place;
  }
  return found;
}

/** The next one that way: near before straight, but nobody who stands more beside than ahead. */
export function neighbour<Place extends Point>(places: Iterable<Place>, from: Point, direction: Point): Place | undefined {
  let found: Place | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const place of places) {
    const [dx, dy] = [place.x - from.x, place.y - from.y];
    const ahead = dx * direction.x + dy * direction.y;
    const beside = Math.abs(dx * direction.y - dy * direction.x);
    if (ahead <= 0 || beside > ahead) continue;
    const distance = ahead + 2 * beside;
    if (distance >= least) continue;
    least = distance;
    found = place;
  }
  return found;
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
