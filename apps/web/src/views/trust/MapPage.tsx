import { ArrowLeft, List, Search, Waypoints } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { MapFilter, TrustMapSnapshot } from "../../model/trust-map.ts";
import { IconButton } from "../kit/Button.tsx";
import { Choice } from "../kit/Choice.tsx";
import { LinkButton } from "../kit/LinkButton.tsx";
import { useWords } from "../surroundings.ts";
import { MapPeople, type MarkOf } from "./MapPeople.tsx";
import type { MapHands } from "./map-view.ts";
import { TrustCanvas } from "./TrustCanvas.tsx";

export interface MapPageProps {
  readonly map: TrustMapSnapshot;
  readonly selfId: string;
  readonly markOf: MarkOf;
  /** About whoever is chosen. */
  readonly panel: ReactNode;
  readonly hands: MapHands & {
    readonly search: (query: string) => void;
    readonly filter: (filter: MapFilter) => void;
  };
}

/** The web of trust as one sees it: oneself in the middle, and everybody else as far out as they are known through others. */
export function MapPage({ map, selfId, markOf, panel, hands }: MapPageProps) {
  const { t } = useWords();
  const [isList, setList] = useState(false);
  const { graph, shown, query, filter, chosen } = map;
  const isAlone = graph !== undefined && graph.people.length <= 1;
  return (
    <div className="page map-page" data-panel={chosen === undefined ? undefined : "open"}>
      <header className="bar">
        <LinkButton to="#/" label={t("app.back")} icon={<ArrowLeft className="flips" size={20} aria-hidden />} isNarrowOnly />
        <h1 className="bar-title">{t("map.title")}</h1>
        <a className="button quiet small" href="#/roots">
          {t("roots.title")}
        </a>
        <IconButton
          label={isList ? t("map.asMap") : t("map.asList")}
          icon={isList ? <Waypoints size={20} aria-hidden /> : <List size={20} aria-hidden />}
          onPress={() => setList(!isList)}
        />
      </header>
      <div className="map-tools">
        <div className="search">
          <Search size={16} aria-hidden />
          <input
            type="search"
            aria-label={t("map.search")}
            placeholder={t("map.search")}
            value={query}
            onChange={(event) => hands.search(event.currentTarget.value)}
            autoComplete="off"
          />
        </div>
        <Choice
          label={t("map.filter")}
          value={filter}
          onChange={hands.filter}
          options={[
            ["everybody", t("map.filter.everybody")],
            ["introducers", t("map.filter.introducers")],
            ["believed", t("map.filter.believed")],
          ]}
        />
      </div>
      <div className="map-body">
        {isList ? (
          <MapPeople people={shown} chosen={chosen} markOf={markOf} onChoose={hands.choose} />
        ) : (
          <TrustCanvas map={map} selfId={selfId} hands={hands} />
        )}
        {isAlone ? <p className="map-alone hint">{t("map.alone")}</p> : undefined}
        {panel}
      </div>
    </div>
  );
}
