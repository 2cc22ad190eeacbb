import { Inbox, Link2, Plus, Search, Settings, Waypoints } from "lucide-react";
import type { Ref } from "react";
import type { RosterSnapshot } from "../../model/roster.ts";
import { formatRoute, type Route } from "../../model/routes.ts";
import { LinkButton } from "../kit/LinkButton.tsx";
import { useWords } from "../surroundings.ts";
import { ConversationRow } from "./ConversationRow.tsx";

export interface SidebarProps {
  readonly roster: RosterSnapshot;
  readonly route: Route;
  readonly nowMs: number;
  readonly onSearch: (query: string) => void;
  /** In the messages, what is searched for here in the names. */
  readonly onFind: () => void;
  readonly searchRef: Ref<HTMLInputElement>;
}

export function Sidebar({ roster, route, nowMs, onSearch, onFind, searchRef }: SidebarProps) {
  const { t } = useWords();
  const { rows, total, requests, query } = roster;
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
        <ul>
          {rows.map((row) => (
            <li key={row.key}>
              <ConversationRow row={row} isHere={formatRoute(row.route) === here} nowMs={nowMs} />
            </li>
          ))}
        </ul>
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
        {total > 0 && rows.length === 0 ? <p className="empty hint">{t("list.notFound")}</p> : undefined}
      </div>
      <footer className="side-foot">
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
