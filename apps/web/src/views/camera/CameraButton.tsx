import { Camera } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { type OpenCamera, openCamera } from "../../platform/camera.ts";
import { Button, IconButton } from "../kit/Button.tsx";
import { Dialog } from "../kit/Dialog.tsx";
import { Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";

export interface CameraProps {
  readonly onSend: (picture: File) => Promise<void>;
}

/** Where there is a mouse: what is held in the hand offers its own camera when files are added. */
export function CameraButton({ onSend }: CameraProps) {
  const { t } = useWords();
  const [isOpen, setIsOpen] = useState(false);
  const close = (): void => setIsOpen(false);
  if (!window.matchMedia("(pointer: fine)").matches) return undefined;
  return (
    <>
      <span className="camera-button">
        <IconButton label={t("camera.open")} icon={<Camera size={20} aria-hidden />} onPress={() => setIsOpen(true)} />
      </span>
      {isOpen ? (
        <Dialog title={t("camera.title")} onClose={close}>
          <CameraView onSend={onSend} onClose={close} />
        </Dialog>
      ) : undefined}
    </>
  );
}

function CameraView({ onSend, onClose }: CameraProps & { readonly onClose: () => void }) {
  const { t } = useWords();
  const video = useRef<HTMLVideoElement>(null);
  const camera = useRef<OpenCamera>(undefined);
  const [problem, setProblem] = useState<"denied" | "none">();
  const [taken, setTaken] = useState<{ readonly picture: Blob; readonly url: string }>();
  const isLooking = taken === undefined;
  // on while one looks through it, off with the picture and with the dialog
  useEffect(() => {
    if (!isLooking || video.current === null) return;
    let isWanted = true;
    void openCamera(video.current).then((opened) => {
      if (typeof opened === "string") setProblem(opened);
      else if (isWanted) camera.current = opened;
      else opened.close();
    });
    return () => {
      isWanted = false;
      camera.current?.close();
      camera.current = undefined;
    };
  }, [isLooking]);
  useEffect(() => (taken === undefined ? undefined : () => URL.revokeObjectURL(taken.url)), [taken]);
  const take = useAct(async () => {
    const picture = await camera.current?.take();
    if (picture !== undefined) setTaken({ picture, url: URL.createObjectURL(picture) });
  });
  const send = useAct(async () => {
    if (taken === undefined) return;
    await onSend(new File([taken.picture], "picture.jpg", { type: taken.picture.type }));
    onClose();
  });
  return (
    <>
      {taken === undefined ? (
        // what the camera sees has no words
        <video className="camera-picture" ref={video} playsInline muted hidden={problem !== undefined} />
      ) : (
        <img className="camera-picture" src={taken.url} alt={t("camera.taken")} />
      )}
      <Problem text={problem === undefined ? (take.error ?? send.error) : t(`camera.${problem}`)} />
      <div className="buttons">
        {taken === undefined ? (
          <Button look="main" isPending={take.isRunning} onPress={() => take.run()}>
            {t("camera.take")}
          </Button>
        ) : (
          <>
            <Button look="main" isPending={send.isRunning} onPress={() => send.run()}>
              {t("camera.send")}
            </Button>
            <Button onPress={() => setTaken(undefined)}>{t("camera.again")}</Button>
          </>
        )}
        <Button look="quiet" onPress={onClose}>
          {t("app.cancel")}
        </Button>
      </div>
    </>
  );
}
