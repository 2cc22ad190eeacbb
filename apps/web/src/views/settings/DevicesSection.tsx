import { Button } from "../kit/Button.tsx";
import { Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";

export interface DevicesActions {
  readonly removeDevice: (deviceId: string) => Promise<void>;
}

/** Where this identity is, and the end of a place that was lost. */
export function DevicesSection({
  own,
  devices,
  actions,
}: {
  readonly own: string;
  readonly devices: readonly string[];
  readonly actions: DevicesActions;
}) {
  const { t } = useWords();
  const remove = useAct(actions.removeDevice);
  return (
    <section className="stack tight">
      <h2>{t("settings.devices")}</h2>
      <p className="hint">{t("settings.devicesLine")}</p>
      <ul className="stack tight">
        {devices.map((id) => (
          <li key={id} className="line wrap">
            <span className="grow code">{id}</span>
            {id === own ? (
              <span className="hint">{t("details.thisDevice")}</span>
            ) : (
              <Button size="small" look="quiet danger" isPending={remove.isRunning} onPress={() => remove.run(id)}>
                {t("settings.deviceRemove")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <Problem text={remove.error} />
    </section>
  );
}
