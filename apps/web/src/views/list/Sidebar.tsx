import { Archive, ArrowLeft, Inbox, Link2, Plus, Search, Settings, Star, Waypoints } from "lucide-react";
import type { Ref } from "react";
import type { RosterPlace, RosterSnapshot } from "../../model/roster.ts";
import { formatRoute, type Route } from "../../model/routes.ts";
import { shownName } from "../../text/printable.ts";
import { LinkButton } from "../kit/LinkButton.tsx";
import { useWords } from "../surroundings.ts";
import { ConversationRow } from "./ConversationRow.tsx";

export interface SidebarProps {
  readonly roster: RosterSnapshot;
  readonly route: Route;
  readonly nowMs: number;
  readonly onPlace: (place: RosterPlace) => void;
  readonly onSearch: (query: string) => void;
  /** In the messages, what is searched for here in the names. */
  readonly onFind: () => void;
  readonly searchRef: Ref<HTMLInputElement>;
}

export function Sidebar({ roster, route, nowMs, onPlace, onSearch, onFind, searchRef }: SidebarProps) {
  const { t } = useWords();
  const { rows, total, requests, query, place, folders, archived } = roster;
  const here = formatRoute(route.kind === "conversation" ? { kind: "conversation", id: route.id, details: false } : route);
  return (
    <nav className="side" aria-label={t("list.title")}>
      <header className="bar">
        <h1 className="bar-title">{t("app.name")}</h1>
        <LinkButton to="#/me" label={t("list.myLink")} icon={<Link2 size={20} aria-hidden />} />
        <LinkButton to="#/add" label={t("list.add")} icon={<Plus size={22} aria-hidden />} />
      </header>
      {total === 0 ? undefined : (
        <div className="search">
          <Search size={16} aria-hidden />
          <input
            ref={searchRef}
            type="search"
            aria-label={t("list.search")}
            placeholder={t("list.search")}
            value={query}
            onChange={(event) => onSearch(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && !event.nativeEvent.isComposing && query !== "") onFind();
            }}
            autoComplete="off"
          />
        </div>
      )}
      <div className="scroll">
        {requests.length === 0 ? undefined : (
          <a className="row requests" href="#/requests" aria-current={route.kind === "requests" ? "page" : undefined}>
            <span className="row-icon">
              <Inbox size={20} aria-hidden />
            </span>
            <span className="grow">{t("list.requests", { count: requests.length })}</span>
          </a>
        )}
        {folders.length === 0 || query !== "" ? undefined : (
          <fieldset className="folders" aria-label={t("list.folders")}>
            <button type="button" aria-pressed={place.kind === "list"} onClick={() => onPlace({ kind: "list" })}>
              {t("list.all")}
            </button>
            {folders.map((name) => (
              <button
                key={name}
                type="button"
                aria-pressed={place.kind === "folder" && place.name === name}
                onClick={() => onPlace({ kind: "folder", name })}
              >
                <bdi>{shownName(name)}</bdi>
              </button>
            ))}
          </fieldset>
        )}
        {place.kind === "archive" && query === "" ? (
          <button type="button" className="row" onClick={() => onPlace({ kind: "list" })}>
            <span className="row-icon">
              <ArrowLeft className="flips" size={20} aria-hidden />
            </span>
            <span className="grow">{t("list.leaveArchive")}</span>
          </button>
        ) : undefined}
        <ul>
          {rows.map((row) => (
            <li key={row.key}>
              <ConversationRow row={row} isHere={formatRoute(row.route) === here} nowMs={nowMs} />
            </li>
          ))}
        </ul>
        {place.kind === "list" && archived > 0 && query === "" ? (
          <button type="button" className="row" onClick={() => onPlace({ kind: "archive" })}>
            <span className="row-icon">
              <Archive size={20} aria-hidden />
            </span>
            <span className="grow">{t("list.archived", { count: archived })}</span>
          </button>
        ) : undefined}
        {query === "" ? undefined : (
          <a className="row" href="#/search" aria-current={route.kind === "search" ? "page" : undefined}>
            <span className="row-icon">
              <Search size={20} aria-hidden />
            </span>
            <span className="grow">{t("list.searchMessages")}</span>
          </a>
        )}
        {total === 0 && requests.length === 0 ? (
          <div className="empty">
            <p>{t("list.none")}</p>
            <p className="hint">{t("list.noneHint")}</p>
          </div>
        ) : undefined}
        {total > archived && rows.length === 0 && query !== "" ? <p className="empty hint">{t("list.notFound")}</p> : undefined}
      </div>
      <footer className="side-foot">
        {total === 0 ? undefined : (
          <a className="button quiet start wide" href="#/starred" aria-current={route.kind === "starred" ? "page" : undefined}>
            <Star size={18} aria-hidden />
            {t("command.starred")}
          </a>
        )}
        <a className="button quiet start wide" href="#/trust" aria-current={route.kind === "trust" ? "page" : undefined}>
          <Waypoints size={18} aria-hidden />
          {t("map.title")}
        </a>
        <a className="button quiet start wide" href="#/settings" aria-current={route.kind === "settings" ? "page" : undefined}>
          <Settings size={18} aria-hidden />
          {t("list.settings")}
        </a>
      </footer>
    </nav>
  );
}
