import type { Client, DeviceSnapshot, HistorySnapshot, LinkingRun } from "@p2pcrypt/client";
import { useEffect, useState, useSyncExternalStore } from "react";
import type { StorageSnapshot } from "../boot/boot.ts";
import { changeNode } from "../model/change-node.ts";
import { StoredFiles } from "../model/stored-files.ts";
import { shownName } from "../text/printable.ts";
import type { PlaceProps } from "./places.tsx";
import { SettingsPage } from "./settings/SettingsPage.tsx";
import { useOwnModel, useSnapshot, useWords } from "./surroundings.ts";

export function SettingsPlace(props: PlaceProps) {
  const { workspace, platform } = props;
  const stored = useOwnModel(() => new StoredFiles(workspace.client, platform.later), workspace.client);
  return stored === undefined ? undefined : <Settings {...props} stored={stored} />;
}

function Settings({ workspace, platform, stored }: PlaceProps & { readonly stored: StoredFiles }) {
  const { t } = useWords();
  const { boot, client } = workspace;
  const self = useSnapshot(workspace.self);
  const safety = useSnapshot(workspace.safety);
  const { nodes } = useSnapshot(workspace.nodes);
  const { devices, linking, histories } = useOwnDevices(client);
  const subscribe = (listener: () => void): (() => void) => boot.subscribe(listener);
  const device = useSyncExternalStore(subscribe, () => boot.settings());
  const hasPassphrase = useSyncExternalStore(subscribe, () => boot.hasPassphrase());
  const canInstall = useSyncExternalStore(platform.installer.onChange, platform.installer.canInstall);
  const [permission, setPermission] = useState(() => platform.notificationPermission());
  const { account } = client;
  const files = useSnapshot(stored);
  const [storage, setStorage] = useState<StorageSnapshot>();
  // asked again when something was freed
  useEffect(() => {
    let isWanted = true;
    void boot.storage().then((found) => (isWanted ? setStorage(found) : undefined));
    return () => {
      isWanted = false;
    };
  }, [boot, files.here.length]);
  const [backup, setBackup] = useState<{ readonly done: number; readonly total: number }>();
  useEffect(() => client.subscribe((event) => (event.kind === "backup" ? setBackup(event) : undefined)), [client]);
  const save = (name: string, type: string, content: Uint8Array | string): void => {
    platform.save({
      name,
      type,
      bytes: typeof content === "string" ? new TextEncoder().encode(content) : new Uint8Array(content),
    });
    workspace.toasts.say(t("settings.exported"));
  };
  return (
    <SettingsPage
      self={self}
      device={device}
      safety={safety}
      nodes={nodes}
      devices={devices}
      linking={linking}
      histories={histories}
      nowMs={platform.nowMs()}
      hasPassphrase={hasPassphrase}
      permission={permission}
      isMac={platform.isMac}
      build={boot.build()}
      canInstall={canInstall}
      backup={backup}
      files={{
        files,
        storage,
        nowMs: platform.nowMs(),
        actions: {
          update: (change) => boot.updateSettings(change),
          freeHere: (file) => stored.freeHere(file),
          freeAllHere: () => stored.freeAllHere(),
          freeAtNode: (file) => stored.freeAtNode(file),
        },
      }}
      actions={{
        rename: async (name) => {
          await account.rename(name);
          workspace.toasts.say(t("settings.renamed"));
        },
        changeNode: (nodeUrl, withConversations) => changeNode(client, nodeUrl, withConversations),
        updateDevice: (change) => boot.updateSettings(change),
        updateSettings: (change) => void account.updateSettings(change),
        setFindable: (isFindable) => account.setFindable(isFindable),
        askNotifications: async () => {
          const answer = await platform.askNotifications();
          setPermission(answer);
          return answer;
        },
        changePassphrase: async (change) => {
          const isRight = await boot.changePassphrase(change);
          if (isRight) workspace.toasts.say(t("settings.passphraseDone"));
          return isRight;
        },
        lockAfter: (lockAfterMs) => boot.updateSettings({ lockAfterMs }),
        lock: () => boot.lock(),
        keepStorage: () => workspace.safety.keepStorage(),
        exportBackup: async (passphrase, withMessages) =>
          save("p2pcrypt-backup.p2pc", "application/octet-stream", await account.exportBackup(passphrase, { withMessages })),
        setNodeBackup: (isAutomatic) => account.setNodeBackup(isAutomatic),
        backUpAtNode: () => account.backUpAtNode(),
        saveRevocation: async () => save("p2pcrypt-revocation.asc", "text/plain", (await account.revocationCertificate()).text),
        exportGpg: async (passphrase) =>
          save("p2pcrypt-secret-key.asc", "application/pgp-keys", await account.exportForGpg(passphrase)),
        exportCertificate: async () =>
          save("p2pcrypt-certificate.asc", "application/pgp-keys", await account.exportCertificate()),
        update: () => boot.update(),
        handleLinks: () => platform.handleLinks(),
        install: () => platform.installer.install(),
        removeDevice: (deviceId) => client.devices.remove(deviceId),
        renameDevice: (name) => client.devices.rename(name),
        startLinking: async (as, passphrase) => (await boot.startLinking(as, passphrase)) !== undefined,
        makeKeeper: (deviceId, passphrase) => boot.makeKeeper(deviceId, passphrase),
        confirmLinking: (isEqual) => client.devices.confirmLinking(isEqual),
        cancelLinking: () => client.devices.cancelLinking(),
        offerSuccession: (oldLink) => account.offerSuccession(oldLink),
        announceSuccession: async (offer) => {
          const { name } = await account.announceSuccession(offer);
          workspace.toasts.say(t("settings.successionDone", { name: shownName(name) }));
        },
        copy: (text) => void platform.copy(text).then(() => workspace.toasts.say(t("app.copied"))),
        deleteIdentity: async () => {
          const { isRevoked } = await account.deleteIdentity();
          if (!isRevoked) workspace.toasts.say(t("settings.deleteOffline"));
        },
      }}
    />
  );
}

function useOwnDevices(client: Client): {
  readonly devices: readonly DeviceSnapshot[];
  readonly linking: LinkingRun | undefined;
  readonly histories: readonly HistorySnapshot[];
} {
  const { devices } = client;
  const read = () => ({ devices: devices.list(), linking: devices.linking(), histories: devices.histories() });
  const [own, setOwn] = useState(read);
  useEffect(() => {
    setOwn(read());
    return client.subscribe(({ kind }) => {
      if (kind === "devices" || kind === "linking" || kind === "histories") setOwn(read());
    });
  }, [client]);
  return own;
}
