// Places that few visits need: fetched when they are wanted, or when nothing else is to be done.
import type { Client, ContactSnapshot, DeviceSnapshot } from "@p2pcrypt/client";
import { MonitorSmartphone } from "lucide-react";
import { useEffect, useState } from "react";
import { Compare } from "../model/compare.ts";
import { Person } from "../model/person.ts";
import { formatRoute } from "../model/routes.ts";
import { twinsAmong } from "../model/twins.ts";
import type { Platform } from "../platform/platform.ts";
import { shownName } from "../text/printable.ts";
import { AddPage } from "./add/AddPage.tsx";
import { ComparePage } from "./compare/ComparePage.tsx";
import { PersonPage } from "./details/PersonPage.tsx";
import { Button } from "./kit/Button.tsx";
import { Requests } from "./list/Requests.tsx";
import type { IdentityId, PlaceProps } from "./places.tsx";
import { HistoryProgress } from "./settings/HistoryProgress.tsx";
import { SheetPage } from "./settings/SheetPage.tsx";
import { useAct, useOwnModel, useSnapshot, useWords } from "./surroundings.ts";

export function NewPlace({ router, workspace }: PlaceProps) {
  const { conversations } = workspace.client;
  return (
    <AddPage
      onLink={(link) => router.go({ kind: "landing", link })}
      onSelf={async () => router.go({ kind: "conversation", id: await conversations.noteToSelf(), details: false })}
    />
  );
}

/** What was said before, on its way to this browser or from it. */
export function Histories({ client }: { readonly client: Client }) {
  const [histories, setHistories] = useState(() => client.devices.histories());
  useEffect(
    () => client.subscribe((event) => (event.kind === "histories" ? setHistories(event.histories) : undefined)),
    [client],
  );
  return histories.map((history) => <HistoryProgress key={history.run} history={history} />);
}

/** For a week on all own devices but the one that linked it: nobody adds a device in silence. */
export function NewDevices({ client, devices, nowMs }: NewDevicesProps) {
  return devices.map((device) => <NewDevice key={device.deviceId} client={client} device={device} nowMs={nowMs} />);
}

interface NewDevicesProps {
  readonly client: Client;
  readonly devices: readonly DeviceSnapshot[];
  readonly nowMs: number;
}

function NewDevice({ client, device, nowMs }: Omit<NewDevicesProps, "devices"> & { readonly device: DeviceSnapshot }) {
  const { t, date } = useWords();
  const { deviceId, name, sinceMs } = device;
  const known = useAct(() => client.devices.acknowledge(deviceId));
  return (
    <div className="banner calm">
      <MonitorSmartphone size={18} aria-hidden />
      <p className="grow" role="status">
        {t("devices.new", {
          name: name === undefined ? t("settings.deviceNoName") : shownName(name),
          date: date(sinceMs, nowMs),
        })}
      </p>
      <a className="button small" href={formatRoute({ kind: "settings" })}>
        {t("settings.devices")}
      </a>
      <Button size="small" look="quiet" isPending={known.isRunning} onPress={() => known.run()}>
        {t("devices.wasMe")}
      </Button>
    </div>
  );
}

export function SheetPlace({ workspace, platform }: PlaceProps) {
  return (
    <SheetPage
      nowMs={platform.nowMs()}
      onMake={() => workspace.client.account.recoverySheet()}
      onPrint={() => platform.print()}
    />
  );
}

export function ComparePlace({ workspace, platform, identityId }: PlaceProps & { readonly identityId: IdentityId }) {
  const compare = useOwnModel(() => new Compare(workspace.client, identityId), identityId);
  return compare === undefined ? undefined : <CompareHeld compare={compare} platform={platform} />;
}

function CompareHeld({ compare, platform }: { readonly compare: Compare; readonly platform: Platform }) {
  const snapshot = useSnapshot(compare);
  return (
    <ComparePage
      compare={snapshot}
      nowMs={platform.nowMs()}
      actions={{
        choose: (way) => compare.choose(way),
        startShortCode: () => compare.startShortCode(),
        acceptShortCode: () => compare.acceptShortCode(),
        confirmShortCode: (isEqual) => compare.confirmShortCode(isEqual),
        cancelShortCode: () => compare.cancelShortCode(),
        showCode: () => compare.showCode(),
        scanned: (text) => compare.scanned(text),
        confirmScan: (isThem) => compare.confirmScan(isThem),
        cancelScan: () => compare.cancelScan(),
        check: (digits) => compare.check(digits),
        allSame: () => compare.allSame(),
      }}
    />
  );
}

export function RequestsPlace({ workspace, router }: PlaceProps) {
  const { requests } = useSnapshot(workspace.roster);
  const { contacts } = workspace.client;
  const accept = async ({ identityId }: ContactSnapshot): Promise<void> => {
    const { conversationId } = await contacts.accept(identityId);
    // Whoever has more of them to answer, or went elsewhere meanwhile, stays there.
    const hasMore = workspace.roster.getSnapshot().requests.some((other) => other.identityId !== identityId);
    if (hasMore || router.getSnapshot().kind !== "requests") return;
    router.go(
      conversationId === undefined
        ? { kind: "person", identityId }
        : { kind: "conversation", id: conversationId, details: false },
    );
  };
  const decline = async (contact: ContactSnapshot): Promise<void> => {
    await contacts.decline(contact.identityId);
    workspace.saidDeclined(contact);
  };
  const declineAll = async (): Promise<void> => void (await contacts.declineAll());
  const actions = { accept, decline, declineAll, block: async (contact: ContactSnapshot) => workspace.block(contact) };
  return <Requests requests={requests} twins={twinsAmong(contacts.list())} actions={actions} />;
}

export function PersonPlace({ workspace, platform, router, identityId }: PlaceProps & { readonly identityId: IdentityId }) {
  const person = useOwnModel(() => new Person(workspace.client, identityId), identityId);
  return person === undefined ? undefined : <PersonHeld {...{ workspace, platform, router, person }} />;
}

function PersonHeld({ workspace, platform, router, person }: PlaceProps & { readonly person: Person }) {
  const { contact } = useSnapshot(person);
  const conversationId = contact?.conversationId;
  // They accepted while one looked: from now on this is a conversation.
  useEffect(() => {
    if (conversationId !== undefined) router.go({ kind: "conversation", id: conversationId, details: false }, true);
  }, [conversationId, router]);
  const { contacts } = workspace.client;
  const twins = twinsAmong(contacts.list());
  return (
    <PersonPage
      contact={contact}
      hasTwin={contact !== undefined && twins.has(contact.identityId)}
      nowMs={platform.nowMs()}
      onBlock={async () => (contact === undefined ? undefined : workspace.block(contact))}
      onUnblock={async () => (contact === undefined ? undefined : contacts.unblock(contact.identityId))}
    />
  );
}
