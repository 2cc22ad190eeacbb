import type { DeviceSnapshot, HistorySnapshot, LinkingRun } from "@p2pcrypt/client";
import { useState } from "react";
import { shownName } from "../../text/printable.ts";
import { Button } from "../kit/Button.tsx";
import { Field, Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";
import { HistoryProgress } from "./HistoryProgress.tsx";
import { GiveKeyDialog, RemoveKeeperDialog } from "./KeeperDialogs.tsx";
import { type LinkActions, LinkDevice } from "./LinkDevice.tsx";

export interface DevicesActions extends LinkActions {
  readonly removeDevice: (deviceId: string) => Promise<void>;
  /** @returns false for a wrong passphrase. */
  readonly makeKeeper: (deviceId: string, passphrase: string | undefined) => Promise<boolean>;
  readonly renameDevice: (name: string) => Promise<void>;
}

/** Where this identity is, another place for it, and the end of one that was lost. */
export function DevicesSection({
  devices,
  linking,
  histories,
  hasPassphrase,
  hindrance,
  nowMs,
  actions,
}: {
  readonly devices: readonly DeviceSnapshot[];
  readonly linking: LinkingRun | undefined;
  readonly histories: readonly HistorySnapshot[];
  readonly hasPassphrase: boolean;
  /** Why this device neither links nor removes others. */
  readonly hindrance: string | undefined;
  readonly nowMs: number;
  readonly actions: DevicesActions;
}) {
  const { t } = useWords();
  const remove = useAct(actions.removeDevice);
  const [chosen, setChosen] = useState<{ readonly act: "give" | "remove"; readonly device: DeviceSnapshot }>();
  const close = (): void => setChosen(undefined);
  return (
    <section className="stack tight" id="devices">
      <h2>{t("settings.devices")}</h2>
      <p className="hint">{t("settings.devicesLine")}</p>
      <ul className="stack tight">
        {devices.map((device) => (
          <li key={device.deviceId} className="line wrap">
            <DeviceName device={device} nowMs={nowMs} onRename={actions.renameDevice} />
            {device.isThis || device.isKeeper ? undefined : (
              <Button
                size="small"
                look="quiet"
                isDisabled={hindrance !== undefined}
                onPress={() => setChosen({ act: "give", device })}
              >
                {t("settings.deviceGiveKey")}
              </Button>
            )}
            {device.isThis ? undefined : (
              <Button
                size="small"
                look="quiet danger"
                isPending={remove.isRunning}
                isDisabled={hindrance !== undefined}
                onPress={() => (device.isKeeper ? setChosen({ act: "remove", device }) : remove.run(device.deviceId))}
              >
                {t("settings.deviceRemove")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <Problem text={remove.error} />
      {histories.map((history) => (
        <HistoryProgress key={history.run} history={history} />
      ))}
      {hindrance === undefined ? (
        <LinkDevice run={linking} hasPassphrase={hasPassphrase} actions={actions} />
      ) : (
        <p className="hint">{hindrance}</p>
      )}
      {chosen?.act === "give" ? (
        <GiveKeyDialog device={chosen.device} hasPassphrase={hasPassphrase} onGive={actions.makeKeeper} onClose={close} />
      ) : undefined}
      {chosen?.act === "remove" ? (
        <RemoveKeeperDialog device={chosen.device} onRemove={actions.removeDevice} onClose={close} />
      ) : undefined}
    </section>
  );
}

function DeviceName({
  device,
  nowMs,
  onRename,
}: {
  readonly device: DeviceSnapshot;
  readonly nowMs: number;
  readonly onRename: (name: string) => Promise<void>;
}) {
  const { t, date } = useWords();
  const [next, setNext] = useState<string>();
  const rename = useAct(async (name: string) => {
    await onRename(name);
    setNext(undefined);
  });
  const { deviceId, name, isThis, isKeeper, lastSeenMs, sinceMs, isNew } = device;
  const kind = t(isKeeper ? "settings.deviceKeeper" : "settings.deviceLimited");
  if (next !== undefined)
    return (
      <form
        className="grow line wrap"
        onSubmit={(event) => {
          event.preventDefault();
          rename.run(next);
        }}
      >
        <Field label={t("linking.deviceName")} value={next} onChange={setNext} autoFocus />
        <Button type="submit" size="small" isPending={rename.isRunning}>
          {t("settings.deviceRename")}
        </Button>
      </form>
    );
  const seen = lastSeenMs === undefined ? undefined : t("settings.deviceSeen", { date: date(lastSeenMs, nowMs) });
  const since = isNew ? t("settings.deviceNew", { date: date(sinceMs, nowMs) }) : undefined;
  return (
    <div className="grow">
      <p>{name === undefined ? t("settings.deviceNoName") : shownName(name)}</p>
      <p className="hint">{[isThis ? t("details.thisDevice") : undefined, kind, since, seen].filter(Boolean).join(" · ")}</p>
      <p className="hint code">{deviceId}</p>
      {isThis ? (
        <Button size="small" look="quiet" onPress={() => setNext(name ?? "")}>
          {t("settings.deviceRename")}
        </Button>
      ) : undefined}
    </div>
  );
}
