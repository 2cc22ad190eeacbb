import type { DeviceSnapshot, HistorySnapshot, LinkingRun, NodeSnapshot, SelfSnapshot } from "@p2pcrypt/client";
import type { DeviceSettings } from "../../boot/boot.ts";
import type { SafetySnapshot } from "../../model/safety.ts";
import type { NotificationPermission } from "../../platform/platform.ts";
import { limitedSentence } from "../../words/failures.ts";
import { Notice } from "../kit/Notice.tsx";
import { Page } from "../kit/Page.tsx";
import { Shortcuts } from "../palette/Shortcuts.tsx";
import { useWords } from "../surroundings.ts";
import { type BackupActions, BackupSection } from "./BackupSection.tsx";
import { type BuildActions, BuildSection } from "./BuildSection.tsx";
import { CallsSection } from "./CallsSection.tsx";
import { DeleteSection } from "./DeleteSection.tsx";
import { DeviceSection } from "./DeviceSection.tsx";
import { type DevicesActions, DevicesSection } from "./DevicesSection.tsx";
import { type ExportActions, ExportSection } from "./ExportSection.tsx";
import { FilesSection, type FilesSectionProps } from "./FilesSection.tsx";
import { NameSection } from "./NameSection.tsx";
import { type ChangeNode, NodeSection } from "./NodeSection.tsx";
import { type PrivacyActions, PrivacySection } from "./PrivacySection.tsx";
import { SafetySection, type SafetySectionActions } from "./SafetySection.tsx";
import { type SuccessionActions, SuccessionSection } from "./SuccessionSection.tsx";

export interface SettingsProps {
  readonly self: SelfSnapshot;
  readonly device: DeviceSettings;
  readonly safety: SafetySnapshot;
  readonly nodes: readonly NodeSnapshot[];
  readonly devices: readonly DeviceSnapshot[];
  readonly linking: LinkingRun | undefined;
  readonly histories: readonly HistorySnapshot[];
  readonly nowMs: number;
  readonly hasPassphrase: boolean;
  readonly permission: NotificationPermission;
  readonly isMac: boolean;
  readonly build: { readonly hash: string; readonly isUpdateWaiting: boolean };
  readonly canInstall: boolean;
  /** A backup that is being made, in entries. */
  readonly backup: { readonly done: number; readonly total: number } | undefined;
  readonly files: Omit<FilesSectionProps, "device">;
  readonly actions: SafetySectionActions &
    PrivacyActions &
    ExportActions &
    BackupActions &
    BuildActions &
    SuccessionActions &
    DevicesActions & {
      readonly rename: (name: string) => Promise<void>;
      readonly changeNode: ChangeNode;
      readonly updateDevice: (change: Partial<DeviceSettings>) => void;
      readonly askNotifications: () => Promise<NotificationPermission>;
      readonly handleLinks: () => void;
      readonly deleteIdentity: () => Promise<void>;
    };
}

function LimitedNotice({ untilMs, nowMs }: { readonly untilMs: number; readonly nowMs: number }) {
  const { t, date } = useWords();
  if (untilMs <= nowMs) return <Notice tone="warn">{t("settings.limitedOver")}</Notice>;
  return <Notice tone="info">{t("settings.limited", { date: date(untilMs, nowMs) })}</Notice>;
}

export function SettingsPage({
  self,
  device,
  safety,
  nodes,
  devices,
  linking,
  histories,
  nowMs,
  hasPassphrase,
  permission,
  isMac,
  build,
  canInstall,
  backup,
  files,
  actions,
}: SettingsProps) {
  const words = useWords();
  const { t } = words;
  const { limited } = self;
  const hindrance = limited && limitedSentence(words, limited.keepers);
  return (
    <Page title={t("settings.title")} back="#/">
      {limited && <LimitedNotice untilMs={limited.certifiedUntilMs} nowMs={nowMs} />}
      <NameSection self={self} hindrance={hindrance} onRename={actions.rename} />
      <SafetySection {...{ safety, hasPassphrase, hindrance, actions }} lockAfterMs={device.lockAfterMs} />
      <PrivacySection settings={self.settings} isFindable={self.isFindable} hindrance={hindrance} actions={actions} />
      <DeviceSection
        device={device}
        permission={permission}
        onUpdate={actions.updateDevice}
        onAsk={actions.askNotifications}
        onHandleLinks={actions.handleLinks}
      />
      <DevicesSection {...{ devices, linking, histories, hasPassphrase, hindrance, nowMs, actions }} />
      <CallsSection />
      <FilesSection device={device} {...files} />
      <NodeSection nodes={nodes} changeNode={actions.changeNode} />
      {hindrance === undefined ? (
        <BackupSection safety={self.safety} progress={backup} nowMs={nowMs} actions={actions} />
      ) : undefined}
      <ExportSection progress={backup} hindrance={hindrance} actions={actions} />
      <section className="stack">
        <h2>{t("settings.keyboard")}</h2>
        <Shortcuts isMac={isMac} />
      </section>
      <BuildSection build={build} canInstall={canInstall} actions={actions} />
      {hindrance === undefined ? <SuccessionSection actions={actions} /> : undefined}
      <DeleteSection name={self.name} hindrance={hindrance} onDelete={actions.deleteIdentity} />
    </Page>
  );
}
