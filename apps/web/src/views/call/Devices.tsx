import { useEffect, useState } from "react";
import type { DeviceChoice } from "../../call/own-media.ts";
import { Button } from "../kit/Button.tsx";
import { Choice } from "../kit/Choice.tsx";
import { Dialog } from "../kit/Dialog.tsx";
import { useWords } from "../surroundings.ts";

export interface DevicesProps {
  readonly choice: DeviceChoice;
  readonly onChoose: (choice: Partial<DeviceChoice>) => void;
  readonly onClose: () => void;
}

/** Which microphone and camera, also in mid-call. The browser names them once it was allowed to use one. */
export function Devices({ choice, onChoose, onClose }: DevicesProps) {
  const { t } = useWords();
  return (
    <Dialog title={t("call.devices")} onClose={onClose}>
      <DeviceChoices choice={choice} onChoose={onChoose} />
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
