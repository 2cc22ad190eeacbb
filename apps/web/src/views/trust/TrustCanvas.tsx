import { Maximize, Minus, Plus } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useMemo, useRef } from "react";
import type { TrustMapSnapshot } from "../../model/trust-map.ts";
import { shownName } from "../../text/printable.ts";
import { IconButton } from "../kit/Button.tsx";
import { useWords } from "../surroundings.ts";
import { INKS } from "./map-painter.ts";
import { litBy, makeScene } from "./map-scene.ts";
import { type MapHands, MapView } from "./map-view.ts";

/** The network as a picture that can be pulled, zoomed, and walked through with the arrows. The list beside it says the same in words. */
export function TrustCanvas({
  map,
  selfId,
  hands,
}: {
  readonly map: TrustMapSnapshot;
  readonly selfId: string;
  readonly hands: MapHands;
}) {
  const { t, direction } = useWords();
  const canvas = useRef<HTMLCanvasElement>(null);
  const inks = useRef<HTMLSpanElement>(null);
  const latest = useRef(hands);
  latest.current = hands;
  const view = useRef<MapView>(undefined);
  const hint = useId();
  const { graph, layout, shown, chosen, answer, query, filter } = map;
  const scene = useMemo(() => (graph === undefined ? undefined : makeScene(layout, graph)), [layout, graph]);
  const lit = useMemo(() => litBy(answer, selfId), [answer, selfId]);
  const isSeeking = query.trim() !== "" || filter !== "everybody";
  const sought = useMemo(
    () => (isSeeking ? new Set<string>(shown.map(({ person }) => person.identityId)) : undefined),
    [isSeeking, shown],
  );
  useEffect(() => {
    if (canvas.current === null || inks.current === null) return;
    const made = new MapView(canvas.current, inks.current, () => latest.current);
    view.current = made;
    return () => made.dispose();
  }, []);
  useEffect(() => {
    if (scene !== undefined) view.current?.show({ scene, layout, sought, lit, chosen, direction });
  }, [scene, layout, sought, lit, chosen, direction]);
  const press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget) return;
    if (view.current?.key(event.key) === true) event.preventDefault();
  };
  return (
    <div className="map-frame">
      <div
        className="map-field"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrows are the map's; a screen reader hands them over, and says who is chosen
        tabIndex={0}
        aria-label={t("map.title")}
        aria-describedby={hint}
        onKeyDown={press}
      >
        <canvas ref={canvas} className="map" aria-hidden />
      </div>
      <span ref={inks} hidden>
        {INKS.map((ink) => (
          <span key={ink} className={`ink-${ink}`} />
        ))}
      </span>
      <p id={hint} className="unseen">
        {t("map.keys")}
      </p>
      <p className="unseen" role="status">
        {chosen === undefined ? "" : shownName(chosen.person.name)}
      </p>
      <details className="map-legend">
        <summary>{t("map.drawn", { count: layout.places.size })}</summary>
        <p className="hint">{t("map.legend")}</p>
      </details>
      <div className="map-zoom">
        <IconButton label={t("map.zoomIn")} icon={<Plus size={20} aria-hidden />} onPress={() => view.current?.zoom("in")} />
        <IconButton label={t("map.zoomOut")} icon={<Minus size={20} aria-hidden />} onPress={() => view.current?.zoom("out")} />
        <IconButton label={t("map.fit")} icon={<Maximize size={18} aria-hidden />} onPress={() => view.current?.fit()} />
      </div>
    </div>
  );
}
