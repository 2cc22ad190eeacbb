import { useState, useSyncExternalStore } from "react";
import type { Boot } from "../boot/boot.ts";
import { Button } from "./kit/Button.tsx";
import { useAct, useWords } from "./surroundings.ts";

/** A newer build waits. Offered, never forced. */
export function UpdateOffer({ boot }: { readonly boot: Pick<Boot, "build" | "update" | "subscribe"> }) {
  const { t } = useWords();
  const isWaiting = useSyncExternalStore(
    (listener) => boot.subscribe(listener),
    () => boot.build().isUpdateWaiting,
  );
  const [isLater, setLater] = useState(false);
  const update = useAct(() => boot.update());
  if (!isWaiting || isLater) return undefined;
  return (
    <div className="banner calm">
      <p className="grow" role="status">
        {t("settings.update")}
      </p>
      <Button size="small" look="main" onPress={() => update.run()} isPending={update.isRunning}>
        {t("settings.updateGo")}
      </Button>
      <Button size="small" look="quiet" onPress={() => setLater(true)}>
        {t("safety.later")}
      </Button>
    </div>
  );
}
