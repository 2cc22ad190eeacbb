// Where the person is. Follows the address, so that back, forward and deep links work by themselves.
import { Model } from "./model.ts";
import { formatRoute, parseRoute, type Route } from "./routes.ts";

/** The address bar. */
export interface Place {
  readonly origin: string;
  fragment(): string;
  /** `replaces`: without a step to go back to. */
  go(fragment: string, replaces: boolean): void;
  onChange(listener: () => void): () => void;
}

export class Router extends Model<Route> {
  readonly #place: Place;

  constructor(place: Place) {
    super(parseRoute(place.fragment(), place.origin));
    this.#place = place;
    this.until(place.onChange(() => this.#follow()));
  }

  go(route: Route, replaces = false): void {
    const fragment = formatRoute(route);
    if (fragment === formatRoute(this.getSnapshot())) return;
    this.#place.go(fragment, replaces);
    this.#follow();
  }

  #follow(): void {
    const next = parseRoute(this.#place.fragment(), this.#place.origin);
    if (formatRoute(next) !== formatRoute(this.getSnapshot())) this.show(next);
  }
}
