import type { Settings } from "@p2pcrypt/client";
import { Switch } from "../kit/Choice.tsx";
import { Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";

export interface PrivacyActions {
  readonly updateSettings: (change: Partial<Settings>) => void;
  readonly setFindable: (isFindable: boolean) => Promise<void>;
}

export interface PrivacySectionProps {
  readonly settings: Settings;
  readonly isFindable: boolean;
  /** Why findability is not changed here. */
  readonly hindrance: string | undefined;
  readonly actions: PrivacyActions;
}

export function PrivacySection({ settings, isFindable, hindrance, actions }: PrivacySectionProps) {
  const { t } = useWords();
  const find = useAct(actions.setFindable);
  const { updateSettings } = actions;
  return (
    <section className="stack tight">
      <h2>{t("settings.privacy")}</h2>
      <Switch
        label={t("settings.receipts")}
        hint={t("settings.receiptsHint")}
        isOn={settings.sendsReceipts}
        onChange={(sendsReceipts) => updateSettings({ sendsReceipts })}
      />
      <Switch
        label={t("settings.typing")}
        isOn={settings.sendsTyping}
        onChange={(sendsTyping) => updateSettings({ sendsTyping })}
      />
      <Switch
        label={t("settings.presence")}
        isOn={settings.sendsPresence}
        onChange={(sendsPresence) => updateSettings({ sendsPresence })}
      />
      <Switch
        label={t("settings.hideAddress")}
        hint={t("settings.hideAddressHint")}
        isOn={settings.alwaysHidesAddress === true}
        onChange={(alwaysHidesAddress) => updateSettings({ alwaysHidesAddress })}
      />
      <Switch
        label={t("settings.findable")}
        hint={hindrance ?? t("settings.findableHint")}
        isDisabled={hindrance !== undefined}
        isOn={isFindable}
        onChange={(isOn) => find.run(isOn)}
      />
      <Problem text={find.error} />
    </section>
  );
}
