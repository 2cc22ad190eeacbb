import type { DeviceSettings } from "../../boot/boot.ts";
import type { NotificationPermission } from "../../platform/platform.ts";
import { isLanguage, LANGUAGES } from "../../words/words.ts";
import { Button } from "../kit/Button.tsx";
import { Choice, Switch } from "../kit/Choice.tsx";
import { Problem } from "../kit/Field.tsx";
import { useWords } from "../surroundings.ts";

export interface DeviceSectionProps {
  readonly device: DeviceSettings;
  readonly permission: NotificationPermission;
  readonly onUpdate: (change: Partial<DeviceSettings>) => void;
  readonly onAsk: () => Promise<NotificationPermission>;
  readonly onHandleLinks: () => void;
}

export function DeviceSection({ device, permission, onUpdate, onAsk, onHandleLinks }: DeviceSectionProps) {
  const { t, language } = useWords();
  const notify = async (notifications: DeviceSettings["notifications"]): Promise<void> => {
    onUpdate({ notifications });
    if (notifications !== "off" && permission === "default") await onAsk();
  };
  const isRefused = device.notifications !== "off" && (permission === "denied" || permission === "unsupported");
  return (
    <section className="stack">
      <h2>{t("settings.look")}</h2>
      <Choice
        label={t("settings.theme")}
        value={device.theme}
        onChange={(theme) => onUpdate({ theme })}
        options={[
          ["system", t("settings.themeSystem")],
          ["light", t("settings.themeLight")],
          ["dark", t("settings.themeDark")],
        ]}
      />
      <Choice
        label={t("settings.language")}
        value={language}
        onChange={(next) => onUpdate({ language: next })}
        options={Object.entries(LANGUAGES).flatMap(([tag, { name }]) =>
          isLanguage(tag)
            ? [
                [
                  tag,
                  <span key={tag} lang={tag}>
                    {name}
                  </span>,
                ] as const,
              ]
            : [],
        )}
      />
      <Switch
        label={t("settings.enter")}
        hint={t("settings.enterHint")}
        isOn={device.sendsOnEnter}
        onChange={(sendsOnEnter) => onUpdate({ sendsOnEnter })}
      />
      <Choice
        label={t("settings.notifications")}
        value={device.notifications}
        onChange={(next) => void notify(next)}
        options={[
          ["off", t("settings.notificationsOff")],
          ["hidden", t("settings.notificationsHidden")],
          ["shown", t("settings.notificationsShown")],
        ]}
        hint={t("settings.notificationsHint")}
      />
      <div className="line wrap">
        <p className="grow hint">{t("settings.handleLinksHint")}</p>
        <Button size="small" onPress={onHandleLinks}>
          {t("settings.handleLinks")}
        </Button>
      </div>
      <Problem text={isRefused ? t("settings.notificationsDenied") : undefined} />
    </section>
  );
}
