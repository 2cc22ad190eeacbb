import { File as FileIcon, Search } from "lucide-react";
import { useEffect, useId, useRef } from "react";
import type { MessageSearchSnapshot, SearchFilters } from "../../model/message-search.ts";
import { formatRoute } from "../../model/routes.ts";
import { shownName, shownText } from "../../text/printable.ts";
import { Avatar } from "../kit/Avatar.tsx";
import { Button } from "../kit/Button.tsx";
import { Choice } from "../kit/Choice.tsx";
import { Name } from "../kit/Name.tsx";
import { Page } from "../kit/Page.tsx";
import { useWords } from "../surroundings.ts";

type Hit = NonNullable<MessageSearchSnapshot["hits"]>[number];

export interface SearchPageProps {
  readonly search: MessageSearchSnapshot;
  readonly people: readonly { readonly identityId: NonNullable<SearchFilters["from"]>; readonly name: string }[];
  readonly places: readonly {
    readonly id: string;
    readonly name: string;
    readonly identityId: SearchFilters["from"];
    readonly picture: string | undefined;
  }[];
  readonly nowMs: number;
  readonly onLook: (change: Partial<SearchFilters> & { readonly words?: string }) => void;
  readonly onMore: () => void;
}

/** Messages of all conversations by what is in them. */
export function SearchPage({ search, people, places, nowMs, onLook, onMore }: SearchPageProps) {
  const { t } = useWords();
  const { words, hits, total, isComplete } = search;
  const field = useRef<HTMLInputElement>(null);
  // whoever comes here writes into it
  useEffect(() => field.current?.focus(), []);
  const byId = new Map(places.map((place) => [place.id, place]));
  return (
    <Page title={t("search.title")} back="#/">
      <search className="stack">
        <div className="search">
          <Search size={16} aria-hidden />
          <input
            ref={field}
            type="search"
            aria-label={t("search.words")}
            placeholder={t("search.words")}
            value={words}
            onChange={(event) => onLook({ words: event.currentTarget.value })}
            autoComplete="off"
            dir="auto"
          />
        </div>
        <div className="search-filters">
          <Select
            label={t("search.by")}
            value={search.from ?? ""}
            options={people.map(({ identityId, name }) => [identityId, shownName(name)])}
            none={t("search.anybody")}
            onChange={(from) => onLook({ from: people.find(({ identityId }) => identityId === from)?.identityId })}
          />
          <Select
            label={t("search.in")}
            value={search.in ?? ""}
            options={places.map(({ id, name }) => [id, shownName(name)])}
            none={t("search.anywhere")}
            onChange={(id) => onLook({ in: id === "" ? undefined : id })}
          />
          <Day label={t("search.after")} value={search.after} onChange={(after) => onLook({ after })} />
          <Day label={t("search.before")} value={search.before} onChange={(before) => onLook({ before })} />
        </div>
        <Choice
          label={t("search.kind")}
          value={search.kind}
          onChange={(kind) => onLook({ kind })}
          options={[
            ["all", t("search.kind.all")],
            ["text", t("search.kind.text")],
            ["file", t("search.kind.file")],
          ]}
        />
      </search>
      <p className="hint" role="status">
        {hits === undefined ? t("search.line") : total === 0 ? t("search.none") : t("search.found", { count: total })}
        {isComplete ? undefined : ` ${t("search.reading")}`}
      </p>
      <ul className="found-list">
        {(hits ?? []).map((hit) => (
          <li key={`${hit.entry.conversationId} ${hit.entry.number}`}>
            <Found hit={hit} place={byId.get(hit.entry.conversationId)} nowMs={nowMs} />
          </li>
        ))}
      </ul>
      {hits !== undefined && hits.length < total ? (
        <div className="buttons">
          <Button onPress={onMore}>{t("search.more")}</Button>
        </div>
      ) : undefined}
    </Page>
  );
}

function Found({
  hit: { entry, excerpt, marks },
  place,
  nowMs,
}: {
  readonly hit: Hit;
  readonly place: SearchPageProps["places"][number] | undefined;
  readonly nowMs: number;
}) {
  const { t, date, time } = useWords();
  const { conversationId: id, number, atMs, isOwn, authorName } = entry;
  return (
    <a
      className="row found"
      href={formatRoute({ kind: "conversation", id, details: false, ...(number === undefined ? {} : { at: number }) })}
    >
      <Avatar identityId={place?.identityId} name={place?.name ?? ""} picture={place?.picture} groupId={id} />
      <span className="row-text">
        <span className="row-line">
          <span className="row-name">
            <Name name={place?.name ?? ""} />
          </span>
          <time className="hint" dateTime={new Date(atMs).toISOString()}>
            {date(atMs, nowMs)} {time(atMs)}
          </time>
        </span>
        <span className="found-text" dir="auto">
          {entry.kind === "file" ? <FileIcon size={14} aria-hidden /> : undefined}
          <bdi className="hint">{isOwn ? t("details.you") : shownName(authorName)}: </bdi>
          <Marked text={excerpt} marks={marks} />
        </span>
      </span>
    </a>
  );
}

function Marked({ text, marks }: { readonly text: string; readonly marks: Hit["marks"] }) {
  const parts = marks.map(([from, until], at) => ({
    before: text.slice(marks[at - 1]?.[1] ?? 0, from),
    marked: text.slice(from, until),
    key: from,
  }));
  return (
    <>
      {parts.map(({ before, marked, key }) => (
        <span key={key}>
          {shownText(before)}
          <mark>{shownText(marked)}</mark>
        </span>
      ))}
      {shownText(text.slice(marks.at(-1)?.[1] ?? 0))}
    </>
  );
}

function Select({
  label,
  value,
  options,
  none,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly none: string;
  readonly onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">{none}</option>
        {options.map(([one, text]) => (
          <option key={one} value={one}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

function Day({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (day: string) => void;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} type="date" value={value} autoComplete="off" onChange={(event) => onChange(event.currentTarget.value)} />
    </div>
  );
}
