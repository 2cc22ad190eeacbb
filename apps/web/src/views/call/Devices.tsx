import { useEffect, useState } from "react";
import type { DeviceChoice, Effects } from "../../call/own-media.ts";
import { Button } from "../kit/Button.tsx";
import { Choice, Switch } from "../kit/Choice.tsx";
import { Dialog } from "../kit/Dialog.tsx";
import { useWords } from "../surroundings.ts";

export interface DevicesProps {
  readonly choice: DeviceChoice;
  readonly effects: Effects;
  readonly onChoose: (choice: Partial<DeviceChoice>) => void;
  readonly onEffects: (effects: Partial<Effects>) => void;
  readonly onClose: () => void;
}

/** Which microphone and camera, also in mid-call. The browser names them once it was allowed to use one. */
export function Devices({ choice, effects, onChoose, onEffects, onClose }: DevicesProps) {
  const { t } = useWords();
  return (
    <Dialog title={t("call.devices")} onClose={onClose}>
      <DeviceChoices choice={choice} onChoose={onChoose} />
      <Switch
        label={t("call.noise")}
        isOn={effects.suppressesNoise}
        onChange={(suppressesNoise) => onEffects({ suppressesNoise })}
      />
      {effects.blurs === undefined ? undefined : (
        <Switch label={t("call.blur")} isOn={effects.blurs} onChange={(blurs) => onEffects({ blurs })} />
      )}
      <Button onPress={onClose}>{t("app.close")}</Button>
    </Dialog>
  );
}

export function DeviceChoices({ choice, onChoose }: Pick<DevicesProps, "choice" | "onChoose">) {
  const { t } = useWords();
  const devices = useDevices();
  const optionsOf = (kind: MediaDeviceKind): readonly (readonly [string, string])[] => [
    ["", t("call.anyDevice")],
    ...devices.flatMap((device): (readonly [string, string])[] =>
      device.kind === kind && device.deviceId !== "" && device.deviceId !== "default" ? [[device.deviceId, device.label]] : [],
    ),
  ];
  return (
    <>
      <Choice
        label={t("call.microphone")}
        value={choice.microphone}
        options={optionsOf("audioinput")}
        onChange={(microphone) => onChoose({ microphone })}
        isColumn
      />
      <Choice
        label={t("call.camera")}
        value={choice.camera}
        options={optionsOf("videoinput")}
        onChange={(camera) => onChoose({ camera })}
        isColumn
      />
    </>
  );
}

function useDevices(): readonly MediaDeviceInfo[] {
  const [devices, setDevices] = useState<readonly MediaDeviceInfo[]>([]);
  useEffect(() => {
    const { mediaDevices } = navigator;
    const look = (): void => void mediaDevices.enumerateDevices().then(setDevices);
    look();
    mediaDevices.addEventListener("devicechange", look);
    return () => mediaDevices.removeEventListener("devicechange", look);
  }, []);
  return devices;
}
