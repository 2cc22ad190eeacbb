import {
  Camera,
  CameraOff,
  LayoutGrid,
  Maximize,
  MessageSquare,
  Mic,
  MicOff,
  Pause,
  PhoneOff,
  PictureInPicture2,
  Play,
  ScreenShare,
  ScreenShareOff,
  Settings2,
  User,
  UserPlus,
} from "lucide-react";
import { type RefObject, useState } from "react";
import type { OwnSnapshot } from "../../call/media-session.ts";
import type { DeviceChoice, Effects } from "../../call/own-media.ts";
import { IconButton } from "../kit/Button.tsx";
import { useWords } from "../surroundings.ts";
import { Devices } from "./Devices.tsx";

export interface CallActions {
  readonly hangUp: () => void;
  readonly makeSmall: () => void;
  readonly setMuted: (isMuted: boolean) => void;
  readonly setHeld: (isHeld: boolean) => void;
  readonly setCamera: (isOn: boolean) => void;
  readonly setScreen: (isOn: boolean) => void;
  readonly choose: (choice: Partial<DeviceChoice>) => void;
  readonly setEffects: (effects: Partial<Effects>) => void;
}

export interface CallActsProps {
  readonly label: string;
  readonly media: OwnSnapshot;
  readonly actions: CallActions;
  /** What is shown full, and whose picture goes into a window of its own. */
  readonly section: RefObject<HTMLElement | null>;
  readonly hasPicture: boolean;
  readonly onAsk?: (() => void) | undefined;
  /** How several people are shown. */
  readonly view?: { readonly isGrid: boolean; readonly toggle: () => void };
}

/** What one can do in a call, of two or of a group. */
export function CallActs({ label, media, actions, section, hasPicture, onAsk, view }: CallActsProps) {
  const { t } = useWords();
  const [showsDevices, setShowsDevices] = useState(false);
  const [hasCamera, hasScreen] = [media.camera !== undefined, media.screen !== undefined];
  const picture = (): HTMLVideoElement | null => section.current?.querySelector("video.big, .tile:not(.self) video") ?? null;
  return (
    <div className="call-acts" role="toolbar" aria-label={label}>
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
      <IconButton
        label={media.isHeld ? t("call.resume") : t("call.hold")}
        icon={media.isHeld ? <Play size={20} aria-hidden /> : <Pause size={20} aria-hidden />}
        onPress={() => actions.setHeld(!media.isHeld)}
      />
      <IconButton label={t("call.devices")} icon={<Settings2 size={20} aria-hidden />} onPress={() => setShowsDevices(true)} />
      {view === undefined ? undefined : (
        <IconButton
          label={view.isGrid ? t("call.viewSpeaker") : t("call.viewGrid")}
          icon={view.isGrid ? <User size={20} aria-hidden /> : <LayoutGrid size={20} aria-hidden />}
          onPress={view.toggle}
        />
      )}
      {onAsk === undefined ? undefined : (
        <IconButton label={t("call.ask")} icon={<UserPlus size={20} aria-hidden />} onPress={onAsk} />
      )}
      {hasPicture && document.pictureInPictureEnabled ? (
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
      {showsDevices ? (
        <Devices
          choice={media.choice}
          effects={media.effects}
          onChoose={actions.choose}
          onEffects={actions.setEffects}
          onClose={() => setShowsDevices(false)}
        />
      ) : undefined}
    </div>
  );
}

async function toggleFull(element: HTMLElement | null): Promise<void> {
  try {
    await (document.fullscreenElement === null ? element?.requestFullscreen() : document.exitFullscreen());
  } catch {
    // Not allowed here: the call stays as large as it is.
  }
}
