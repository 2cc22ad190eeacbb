import type { ShortCodeRun } from "@p2pcrypt/client";
import {
  Camera,
  CameraOff,
  Maximize,
  MessageSquare,
  Mic,
  MicOff,
  PhoneOff,
  PictureInPicture2,
  ScreenShare,
  ScreenShareOff,
  Settings2,
} from "lucide-react";
import { useRef, useState } from "react";
import type { DeviceChoice } from "../../call/own-media.ts";
import { shownName } from "../../text/printable.ts";
import { type ShortActions, ShortWay } from "../compare/ShortWay.tsx";
import { IconButton } from "../kit/Button.tsx";
import { useWords } from "../surroundings.ts";
import { CallHead } from "./CallHead.tsx";
import { CallPicture } from "./CallPicture.tsx";
import { CallTime, type ShownCall } from "./CallTime.tsx";
import { Devices } from "./Devices.tsx";

export interface CallScreenProps extends ShownCall {
  /** Comparing a code by voice: who hears whom is what it proves. */
  readonly check: { readonly run: ShortCodeRun | undefined; readonly actions: ShortActions };
  readonly actions: {
    readonly hangUp: () => void;
    readonly makeSmall: () => void;
    readonly setMuted: (isMuted: boolean) => void;
    readonly setCamera: (isOn: boolean) => void;
    readonly setScreen: (isOn: boolean) => void;
    readonly choose: (choice: Partial<DeviceChoice>) => void;
  };
}

/** Whoever began, both see it. */
const GOING: ReadonlySet<ShortCodeRun["state"]> = new Set(["waiting", "offered", "compare", "confirmed"]);

export function CallScreen({ actions, check, ...shown }: CallScreenProps) {
  const { t } = useWords();
  const { call, who, media } = shown;
  const [showsCheck, setShowsCheck] = useState(false);
  const [showsDevices, setShowsDevices] = useState(false);
  const section = useRef<HTMLElement>(null);
  const name = shownName(who.name);
  const { theirs } = call;
  const big = theirs.screen ? media.theirScreen : theirs.camera ? media.theirCamera : undefined;
  const picture = (): HTMLVideoElement | null => section.current?.querySelector("video.big") ?? null;
  const [hasCamera, hasScreen] = [media.camera !== undefined, media.screen !== undefined];
  const troubles = (["microphone", "camera", "screen"] as const).flatMap((what) => {
    const found = media.trouble[what];
    return found === undefined ? [] : [t(`call.trouble.${what}.${found}`)];
  });
  return (
    <section className="call" ref={section} aria-label={t(`call.of.${call.media}`)}>
      <div className={`call-stage ${big === undefined ? "" : "with-picture"}`}>
        {big === undefined ? undefined : <CallPicture stream={big} label={name} look="big" />}
        {theirs.screen && theirs.camera ? <CallPicture stream={media.theirCamera} label={name} look="beside" /> : undefined}
        {media.screen !== undefined || media.camera !== undefined ? (
          <CallPicture stream={media.screen ?? media.camera ?? media.theirCamera} label={t("details.you")} look="own" />
        ) : undefined}
        <CallHead who={who} onCompare={() => setShowsCheck(true)} />
        <CallTime {...shown} />
        {showsCheck || (check.run !== undefined && GOING.has(check.run.state)) ? (
          <ShortWay run={check.run} name={name} actions={check.actions} />
        ) : undefined}
        {theirs.microphone || call.state !== "connected" ? undefined : <p className="hint">{t("call.theyMuted", { name })}</p>}
        <p className="hint call-address">{call.hidesAddress ? t("call.hidden") : t("call.direct")}</p>
        {troubles.map((trouble) => (
          <p key={trouble} className="call-trouble" role="alert">
            {trouble}
          </p>
        ))}
      </div>
      <div className="call-acts" role="toolbar" aria-label={t(`call.of.${call.media}`)}>
        <IconButton
          label={media.isMuted ? t("call.unmute") : t("call.mute")}
          icon={media.isMuted ? <MicOff size={20} aria-hidden /> : <Mic size={20} aria-hidden />}
          onPress={() => actions.setMuted(!media.isMuted)}
        />
        <IconButton
          label={hasCamera ? t("call.cameraOff") : t("call.cameraOn")}
          icon={hasCamera ? <Camera size={20} aria-hidden /> : <CameraOff size={20} aria-hidden />}
          onPress={() => actions.setCamera(!hasCamera)}
        />
        {"getDisplayMedia" in navigator.mediaDevices ? (
          <IconButton
            label={hasScreen ? t("call.shareStop") : t("call.share")}
            icon={hasScreen ? <ScreenShareOff size={20} aria-hidden /> : <ScreenShare size={20} aria-hidden />}
            onPress={() => actions.setScreen(!hasScreen)}
          />
        ) : undefined}
        <IconButton label={t("call.devices")} icon={<Settings2 size={20} aria-hidden />} onPress={() => setShowsDevices(true)} />
        {big !== undefined && document.pictureInPictureEnabled ? (
          <IconButton
            label={t("call.pip")}
            icon={<PictureInPicture2 size={20} aria-hidden />}
            // A browser that does not want to leaves everything as it is.
            onPress={() =>
              void picture()
                ?.requestPictureInPicture()
                .catch(() => undefined)
            }
          />
        ) : undefined}
        {document.fullscreenEnabled ? (
          <IconButton
            label={t("call.full")}
            icon={<Maximize size={20} aria-hidden />}
            onPress={() => void toggleFull(section.current)}
          />
        ) : undefined}
        <IconButton label={t("call.small")} icon={<MessageSquare size={20} aria-hidden />} onPress={actions.makeSmall} />
        <span className="call-end">
          <IconButton label={t("call.hangUp")} icon={<PhoneOff size={20} aria-hidden />} onPress={actions.hangUp} />
        </span>
      </div>
      {showsDevices ? (
        <Devices choice={media.choice} onChoose={actions.choose} onClose={() => setShowsDevices(false)} />
      ) : undefined}
    </section>
  );
}

async function toggleFull(element: HTMLElement | null): Promise<void> {
  try {
    await (document.fullscreenElement === null ? element?.requestFullscreen() : document.exitFullscreen());
  } catch {
    // Not allowed here: the call stays as large as it is.
  }
}
