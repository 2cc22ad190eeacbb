import type { DeviceSnapshot } from "@p2pcrypt/client";
import { useState } from "react";
import { shownName } from "../../text/printable.ts";
import { Button } from "../kit/Button.tsx";
import { Dialog } from "../kit/Dialog.tsx";
import { DialogButtons } from "../kit/DialogButtons.tsx";
import { Field, Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";

/** Gives a limited device the identity's key: asks for the passphrase again, where there is one. */
export function GiveKeyDialog({
  device,
  hasPassphrase,
  onGive,
  onClose,
}: {
  readonly device: DeviceSnapshot;
  readonly hasPassphrase: boolean;
  /** @returns false for a wrong passphrase. */
  readonly onGive: (deviceId: string, passphrase: string | undefined) => Promise<boolean>;
  readonly onClose: () => void;
}) {
  const { t } = useWords();
  const [passphrase, setPassphrase] = useState("");
  const [isWrong, setWrong] = useState(false);
  const give = useAct(async () => {
    const isRight = await onGive(device.deviceId, hasPassphrase ? passphrase : undefined);
    setWrong(!isRight);
    if (isRight) onClose();
  });
  return (
    <Dialog title={t("settings.deviceGiveKey")} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          give.run();
        }}
      >
        <p>{t("linking.asKeeperHint")}</p>
        {hasPassphrase ? (
          <Field
            label={t("settings.passphrasePresent")}
            type="password"
            value={passphrase}
            onChange={setPassphrase}
            autoComplete="current-password"
            autoFocus
          />
        ) : undefined}
        <Problem text={give.error ?? (isWrong ? t("locked.wrong") : undefined)} />
        <div className="buttons">
          <Button type="submit" look="main" isPending={give.isRunning} isDisabled={hasPassphrase && passphrase === ""}>
            {t("settings.deviceGiveKey")}
          </Button>
          <Button look="quiet" onPress={onClose}>
            {t("app.cancel")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Removing a device that holds the key leaves the key with whoever has it. */
export function RemoveKeeperDialog({
  device,
  onRemove,
  onClose,
}: {
  readonly device: DeviceSnapshot;
  readonly onRemove: (deviceId: string) => Promise<void>;
  readonly onClose: () => void;
}) {
  const { t } = useWords();
  const remove = useAct(async () => {
    await onRemove(device.deviceId);
    onClose();
  });
  const name = device.name === undefined ? t("settings.deviceNoName") : shownName(device.name);
  return (
    <Dialog title={t("settings.deviceRemoveKeeper", { name })} onClose={onClose}>
      <p>{t("settings.deviceRemoveKeeperLine")}</p>
      <Problem text={remove.error} />
      <DialogButtons look="bad" isPending={remove.isRunning} onPress={() => remove.run()} onClose={onClose}>
        {t("settings.deviceRemove")}
      </DialogButtons>
    </Dialog>
  );
}
