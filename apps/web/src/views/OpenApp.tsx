// With an open client: the columns, the commands, and what floats above them.
import type { Client } from "@p2pcrypt/client";
import { Suspense, useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { Boot } from "../boot/boot.ts";
import { type CommandId, commandFor } from "../model/commands.ts";
import type { Router } from "../model/router.ts";
import type { Route } from "../model/routes.ts";
import { Workspace } from "../model/workspace.ts";
import type { Platform } from "../platform/platform.ts";
import { ConversationPlace } from "./ConversationPlace.tsx";
import { ToastList } from "./kit/ToastList.tsx";
import {
  CallPlace,
  CallTestPlace,
  ComparePlace,
  fetchLater,
  GroupAddPlace,
  IntroducePlace,
  NewDevices,
  NewGroupPlace,
  NewPlace,
  Palette,
  PersonPlace,
  RequestsPlace,
  RootLandingPlace,
  RootsPlace,
  SearchPlace,
  SettingsPlace,
  SheetPlace,
  ShortcutsDialog,
  StarredPlace,
  TrustMapPlace,
  VouchPlace,
} from "./later.ts";
import { Sidebar } from "./list/Sidebar.tsx";
import { NodeBanner } from "./NodeBanner.tsx";
import { OfferBanner } from "./OfferBanner.tsx";
import { HomePlace, LandingPlace } from "./places.tsx";
import { PictureContext, useOwnModel, useSnapshot, useWords } from "./surroundings.ts";
import { UpdateOffer } from "./UpdateOffer.tsx";

/** After the first sight there is time for the rest. */
const QUIET_MS = 2_000;

export interface OpenAppProps {
  readonly boot: Boot;
  readonly client: Client;
  readonly platform: Platform;
  readonly router: Router;
}

export function OpenApp({ boot, client, platform, router }: OpenAppProps) {
  const words = useWords();
  const latest = useRef(words);
  latest.current = words;
  const workspace = useOwnModel(() => new Workspace({ boot, client, platform, words: () => latest.current }), client);
  // the title follows the language
  useEffect(() => workspace?.title(), [workspace, words]);
  useEffect(() => platform.after(QUIET_MS, fetchLater), [platform]);
  if (workspace === undefined) return undefined;
  return (
    <PictureContext value={client.groups.picture}>
      <Columns workspace={workspace} platform={platform} router={router} />
    </PictureContext>
  );
}

interface ColumnsProps {
  readonly workspace: Workspace;
  readonly platform: Platform;
  readonly router: Router;
}

function Columns({ workspace, platform, router }: ColumnsProps) {
  const route = useSnapshot(router);
  const roster = useSnapshot(workspace.roster);
  const nodes = useSnapshot(workspace.nodes);
  const toasts = useSnapshot(workspace.toasts);
  const offers = useSnapshot(workspace.offers);
  const isOnline = useSyncExternalStore(platform.onOnline, platform.isOnline);
  const [over, setOver] = useState<"palette" | "shortcuts">();
  const search = useRef<HTMLInputElement>(null);
  // What opened a palette may be gone, or have had no focus: writing goes on where one writes.
  useEffect(() => {
    if (over === undefined && document.activeElement === document.body)
      document.querySelector<HTMLElement>("main textarea")?.focus();
  }, [over]);
  const nowMs = platform.nowMs();

  const run = (id: CommandId): void =>
    runCommand(id, { workspace, platform, router, search: () => search.current?.focus(), show: setOver });
  useKeys(workspace, router, run);

  const { roster: rosterModel } = workspace;
  const openId = route.kind === "conversation" ? route.id : undefined;
  useEffect(() => {
    if (openId === undefined) return;
    rosterModel.seen(openId);
    return () => rosterModel.seen(openId);
  }, [openId, rosterModel]);
  // On a narrow screen one column is shown: the list, unless there is nothing in it yet.
  const isListFirst = route.kind === "home" && (roster.total > 0 || roster.requests.length > 0);
  const column = isListFirst ? "side" : route.kind === "conversation" && route.details ? "details" : "main";
  return (
    <div className="frame" data-column={column}>
      <div className="banners">
        <NodeBanner nodes={nodes} isOnline={isOnline} onRetry={() => workspace.nodes.retry()} />
        {offers.map((offer) =>
          route.kind === "compare" && route.identityId === offer.contact.identityId ? undefined : (
            <OfferBanner key={offer.contact.identityId} offer={offer} onRefuse={() => void workspace.offers.refuse(offer)} />
          ),
        )}
        <OwnNews client={workspace.client} platform={platform} />
        <UpdateOffer boot={workspace.boot} />
      </div>
      <Sidebar
        roster={roster}
        route={route}
        nowMs={nowMs}
        onPlace={(place) => rosterModel.goTo(place)}
        onSearch={(query) => rosterModel.search(query)}
        onFind={() => router.go({ kind: "search", in: undefined })}
        searchRef={search}
      />
      <Place workspace={workspace} platform={platform} router={router} route={route} />
      <ToastList toasts={toasts} />
      <Suspense>
        <Calling workspace={workspace} platform={platform} />
      </Suspense>
      <Suspense>
        {over === "palette" ? (
          <Palette
            situation={workspace.situation(route)}
            rows={roster.rows}
            isMac={platform.isMac}
            onCommand={run}
            onGo={(to) => router.go(to)}
            onClose={() => setOver(undefined)}
          />
        ) : undefined}
        {over === "shortcuts" ? <ShortcutsDialog isMac={platform.isMac} onClose={() => setOver(undefined)} /> : undefined}
      </Suspense>
    </div>
  );
}

/** Fetched when another own device is new. */
function OwnNews({ client, platform }: Pick<OpenAppProps, "client" | "platform">) {
  const [devices, setDevices] = useState(() => client.devices.list());
  useEffect(() => client.subscribe((event) => (event.kind === "devices" ? setDevices(event.devices) : undefined)), [client]);
  const fresh = devices.filter(({ isNew, isLinkedHere }) => isNew && !isLinkedHere);
  return fresh.length === 0 ? undefined : (
    <Suspense>
      <NewDevices client={client} devices={fresh} nowMs={platform.nowMs()} />
    </Suspense>
  );
}

/** Fetched with the first call. */
function Calling({ workspace, platform }: Omit<ColumnsProps, "router">) {
  const { call, groups } = useSnapshot(workspace.calls);
  return call === undefined && groups.length === 0 ? undefined : <CallPlace workspace={workspace} platform={platform} />;
}

function Place(props: ColumnsProps & { readonly route: Route }) {
  const { route } = props;
  const main = useRef<HTMLElement>(null);
  // What had the focus went with its place: the new one takes it, so that Tab and a screen reader go on from here.
  useEffect(() => {
    if (route.kind !== "conversation" && document.activeElement === document.body) main.current?.focus();
  }, [route.kind]);
  if (route.kind === "conversation") return <ConversationPlace {...props} route={route} />;
  return (
    <main className="middle" key={route.kind} ref={main} tabIndex={-1}>
      <Suspense>
        <Middle {...props} />
      </Suspense>
    </main>
  );
}

function Middle(props: ColumnsProps & { readonly route: Route }) {
  const { route } = props;
  switch (route.kind) {
    case "home":
    case "me":
    case "conversation":
      return <HomePlace {...props} />;
    case "add":
      return <NewPlace {...props} />;
    case "requests":
      return <RequestsPlace {...props} />;
    // This browser has an identity: here one sees its devices, and links others.
    case "link":
    case "settings":
      return <SettingsPlace {...props} />;
    case "calltest":
      return <CallTestPlace {...props} />;
    case "sheet":
      return <SheetPlace {...props} />;
    case "person":
      return <PersonPlace {...props} identityId={route.identityId} />;
    case "compare":
      return <ComparePlace {...props} identityId={route.identityId} />;
    case "vouch":
      return <VouchPlace {...props} identityId={route.identityId} />;
    case "introduce":
      return <IntroducePlace {...props} identityId={route.identityId} />;
    case "trust":
      return <TrustMapPlace {...props} identityId={route.identityId} />;
    case "roots":
      return <RootsPlace {...props} />;
    case "root":
      return <RootLandingPlace {...props} link={route.link} />;
    case "newGroup":
      return <NewGroupPlace {...props} />;
    case "groupAdd":
      return <GroupAddPlace {...props} id={route.id} />;
    case "starred":
      return <StarredPlace {...props} />;
    case "search":
      return <SearchPlace {...props} within={route.in} />;
    case "landing":
      return <LandingPlace {...props} link={route.link} />;
  }
}

function useKeys(workspace: Workspace, router: Router, run: (id: CommandId) => void): void {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      const { target } = event;
      const isWriting = target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
      const isInDialog = target instanceof HTMLElement && target.closest("[role=dialog]") !== null;
      const command = isInDialog ? undefined : commandFor(event, workspace.situation(router.getSnapshot()), isWriting);
      if (command === undefined) return;
      event.preventDefault();
      latest.current(command.id);
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [workspace, router]);
}

interface CommandHands extends ColumnsProps {
  readonly search: () => void;
  readonly show: (over: "palette" | "shortcuts") => void;
}

function runCommand(id: CommandId, { workspace, platform, router, search, show }: CommandHands): void {
  const { boot, client, roster, nodes } = workspace;
  const route = router.getSnapshot();
  const { contactId } = workspace.situation(route);
  const contact = client.contacts.list().find(({ identityId }) => identityId === contactId);
  const step = (by: 1 | -1) => (): void => {
    const to = roster.neighbour(route, by);
    if (to !== undefined) router.go(to);
  };
  const acts: Record<CommandId, () => unknown> = {
    palette: () => show("palette"),
    shortcuts: () => show("shortcuts"),
    search,
    find: () => router.go({ kind: "search", in: route.kind === "conversation" ? route.id : undefined }),
    add: () => router.go({ kind: "add" }),
    group: () => router.go({ kind: "newGroup" }),
    requests: () => router.go({ kind: "requests" }),
    starred: () => router.go({ kind: "starred" }),
    trust: () => router.go({ kind: "trust", identityId: undefined }),
    settings: () => router.go({ kind: "settings" }),
    sheet: () => router.go({ kind: "sheet" }),
    myLink: () => router.go({ kind: "me" }),
    next: step(1),
    previous: step(-1),
    compose: () => document.getElementById("composer")?.focus(),
    details: () => route.kind === "conversation" && router.go({ ...route, details: !route.details }),
    compare: () => contact !== undefined && router.go({ kind: "compare", identityId: contact.identityId }),
    block: () => contact !== undefined && workspace.block(contact),
    leave: () => route.kind === "conversation" && workspace.leave(route.id),
    theme: () => {
      const { theme } = boot.settings();
      const isDark = theme === "dark" || (theme === "system" && platform.prefersDark());
      boot.updateSettings({ theme: isDark ? "light" : "dark" });
    },
    lock: () => boot.lock(),
    retry: () => nodes.retry(),
    update: () => boot.update(),
  };
  acts[id]();
}
