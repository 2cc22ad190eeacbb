// The map on its canvas: what is pointed at, pulled, pinched and zoomed. Paints when something changed, at most once a frame.
import {
  type Camera,
  fitted,
  nearest,
  neighbour,
  type Point,
  panned,
  type Size,
  showing,
  toMap,
  zoomed,
} from "../../model/map-camera.ts";
import type { Placed, TrustLayout } from "../../model/trust-layout.ts";
import { type Frame, INKS, type Inks, PERSON_RADIUS, paint } from "./map-painter.ts";

export type MapContent = Pick<Frame, "scene" | "sought" | "lit" | "direction"> & {
  readonly layout: TrustLayout;
  readonly chosen: Placed | undefined;
};

export interface MapHands {
  readonly choose: (place: Placed | undefined) => void;
  readonly open: (place: Placed) => void;
}

const CLICK_PX = 6;
const REACH_PX = 16;
const STEP = 1.35;
/** Room around whoever comes into sight. */
const ROOM_PX = 60;
const LINE_PX = 16;
const STILL_AFTER_FRAMES = 8;
const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

export class MapView {
  readonly #canvas: HTMLCanvasElement;
  readonly #inks: readonly Element[];
  readonly #hands: () => MapHands;
  readonly #ending = new AbortController();
  readonly #pointers = new Map<number, Point>();
  #content: MapContent | undefined;
  #camera: Camera = { scale: 1, x: 0, y: 0 };
  #size: Size = { width: 0, height: 0 };
  #pointed: Placed | undefined;
  #pressedAt: Point | undefined;
  /** Until somebody moves it, the map shows everybody. */
  #isMoved = false;
  #frame = 0;
  /** Frames until a map that changed counts as still. */
  #unrest = 0;

  /** @param inks an element for each of `INKS`, whose colour it is. */
  constructor(canvas: HTMLCanvasElement, inks: HTMLElement, hands: () => MapHands) {
    this.#canvas = canvas;
    this.#inks = [...inks.children];
    this.#hands = hands;
    const { signal } = this.#ending;
    const on = <Type extends keyof HTMLElementEventMap>(type: Type, act: (event: HTMLElementEventMap[Type]) => void): void =>
      canvas.addEventListener(type, act, { signal, passive: false });
    on("pointerdown", (event) => this.#press(event));
    on("pointermove", (event) => this.#move(event));
    on("pointerup", (event) => this.#lift(event));
    on("pointercancel", (event) => this.#drop(event.pointerId));
    on("pointerleave", () => this.#point(undefined));
    on("wheel", (event) => this.#wheel(event));
    const resize = new ResizeObserver(() => this.#resize());
    resize.observe(canvas);
    const dress = new MutationObserver(() => this.#soon());
    dress.observe(document.documentElement, { attributes: true });
    const look = matchMedia("(prefers-color-scheme: dark)");
    look.addEventListener("change", () => this.#soon(), { signal });
    signal.addEventListener("abort", () => {
      resize.disconnect();
      dress.disconnect();
      cancelAnimationFrame(this.#frame);
    });
  }

  show(content: MapContent): void {
    const before = this.#content;
    this.#content = content;
    if (before?.layout !== content.layout && !this.#isMoved) this.#camera = fitted(content.layout.radius, this.#size);
    const { chosen } = content;
    if (chosen !== undefined && chosen !== before?.chosen && this.#isMoved)
      this.#camera = showing(this.#camera, chosen, this.#size, ROOM_PX);
    this.#answer();
  }

  zoom(way: "in" | "out"): void {
    const { width, height } = this.#size;
    this.#look(zoomed(this.#camera, way === "in" ? STEP : 1 / STEP, { x: width / 2, y: height / 2 }));
  }

  fit(): void {
    this.#isMoved = false;
    this.#camera = fitted(this.#content?.layout.radius ?? 1, this.#size);
    this.#soon();
  }

  /** @returns whether the key meant something here. */
  key(key: string): boolean {
    const places = this.#content?.layout.places;
    const chosen = this.#content?.chosen;
    const way = ARROWS[key];
    if (places !== undefined && way !== undefined) {
      const self = [...places.values()].find(({ distance }) => distance === 0);
      const next = chosen === undefined ? self : neighbour(places.values(), chosen, way);
      if (next === undefined) return true;
      this.#hands().choose(next);
      this.#look(showing(this.#camera, next, this.#size, ROOM_PX));
      return true;
    }
    if (key === "+" || key === "=") this.zoom("in");
    else if (key === "-") this.zoom("out");
    else if (key === "0") this.fit();
    else if (key === "Escape" && chosen !== undefined) this.#hands().choose(undefined);
    else if (key === "Enter" && chosen !== undefined) this.#hands().open(chosen);
    else return false;
    return true;
  }

  dispose(): void {
    this.#ending.abort();
  }

  #look(camera: Camera): void {
    this.#camera = camera;
    this.#isMoved = true;
    this.#answer();
  }

  /** At once with what matters, and with the rest when nothing else happens. */
  #answer(): void {
    this.#unrest = STILL_AFTER_FRAMES;
    this.#soon();
  }

  #press(event: PointerEvent): void {
    this.#canvas.setPointerCapture(event.pointerId);
    const at = pointOf(event);
    this.#pointers.set(event.pointerId, at);
    this.#pressedAt = this.#pointers.size === 1 ? at : undefined;
  }

  #move(event: PointerEvent): void {
    const at = pointOf(event);
    const before = this.#pointers.get(event.pointerId);
    if (before === undefined) {
      this.#point(event.pointerType === "mouse" ? this.#at(at) : undefined);
      return;
    }
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.#pointers.set(event.pointerId, at);
    if (other !== undefined) {
      const factor = distance(at, other) / (distance(before, other) || 1);
      const middle = { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 };
      this.#look(zoomed(panned(this.#camera, (at.x - before.x) / 2, (at.y - before.y) / 2), factor, middle));
      return;
    }
    if (this.#pressedAt !== undefined && distance(at, this.#pressedAt) < CLICK_PX) return;
    this.#pressedAt = undefined;
    this.#look(panned(this.#camera, at.x - before.x, at.y - before.y));
  }

  #lift(event: PointerEvent): void {
    const isPress = this.#pressedAt !== undefined;
    this.#drop(event.pointerId);
    if (isPress) this.#hands().choose(this.#at(pointOf(event)));
  }

  #drop(pointerId: number): void {
    this.#pointers.delete(pointerId);
    this.#pressedAt = undefined;
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * LINE_PX : event.deltaY;
    this.#look(zoomed(this.#camera, Math.exp(-pixels * 0.0015), pointOf(event)));
  }

  #point(place: Placed | undefined): void {
    if (place === this.#pointed) return;
    this.#pointed = place;
    this.#canvas.classList.toggle("pointing", place !== undefined);
    this.#soon();
  }

  #at(point: Point): Placed | undefined {
    const { scale } = this.#camera;
    const reach = Math.max(PERSON_RADIUS * scale, REACH_PX) / scale;
    return nearest(this.#content?.layout.places.values() ?? [], toMap(this.#camera, point), reach);
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const before = this.#size;
    this.#size = { width, height };
    if (this.#isMoved) this.#camera = panned(this.#camera, (width - before.width) / 2, (height - before.height) / 2);
    else this.#camera = fitted(this.#content?.layout.radius ?? 1, this.#size);
    const chosen = this.#content?.chosen;
    if (chosen !== undefined) this.#camera = showing(this.#camera, chosen, this.#size, ROOM_PX);
    // In the same turn as the canvas is emptied by its new size: nothing flickers.
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#unrest = STILL_AFTER_FRAMES;
    this.#paint();
    this.#soon();
  }

  #soon(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      // Between the last change and the whole picture nothing has to be painted.
      if (this.#unrest === 0 || this.#unrest === STILL_AFTER_FRAMES) this.#paint();
      if (this.#unrest === 0) return;
      this.#unrest -= 1;
      this.#soon();
    });
  }

  #paint(): void {
    const context = this.#canvas.getContext("2d");
    const { width, height } = this.#size;
    if (context === null || this.#content === undefined || width === 0) return;
    const ratio = devicePixelRatio;
    const [deviceWidth, deviceHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.#canvas.width !== deviceWidth || this.#canvas.height !== deviceHeight) {
      this.#canvas.width = deviceWidth;
      this.#canvas.height = deviceHeight;
    }
    const [colors, font] = [this.#inks.map((ink) => getComputedStyle(ink).color), getComputedStyle(this.#canvas).fontFamily];
    paint(context, {
      ...this.#content,
      camera: this.#camera,
      size: this.#size,
      ratio,
      chosenId: this.#content.chosen?.person.identityId,
      isMoving: this.#unrest > 0,
      pointedId: this.#pointed?.person.identityId,
      inks: Object.fromEntries(INKS.map((ink, at) => [ink, colors[at] ?? "CanvasText"])) as Inks,
      font,
    });
  }
}

function pointOf({ offsetX, offsetY }: MouseEvent): Point {
  return { x: offsetX, y: offsetY };
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
