import { ImageUp, VideoOff } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { FileTrigger } from "react-aria-components/FileTrigger";
import { Button } from "../kit/Button.tsx";
import { Problem } from "../kit/Field.tsx";
import { useWords } from "../surroundings.ts";
import { readPicture, watchCamera } from "./qr-reader.ts";

/** Shown after a press and not before: nothing is captured without a gesture (K5). The camera goes off when this leaves the screen. */
export function Scanner({ onFound, onStop }: { readonly onFound: (text: string) => void; readonly onStop: () => void }) {
  const { t } = useWords();
  const video = useRef<HTMLVideoElement>(null);
  const found = useRef(onFound);
  const [problem, setProblem] = useState<"denied" | "none">();
  useEffect(() => {
    found.current = onFound;
  });
  useEffect(() => {
    if (video.current === null) return;
    return watchCamera(video.current, (text) => found.current(text), setProblem);
  }, []);
  return (
    <div className="stack">
      <div className="camera" hidden={problem !== undefined}>
        {/* what the camera sees has no words */}
        <video ref={video} playsInline muted />
      </div>
      <p className="hint">
        {problem === undefined ? t("add.scanHint") : problem === "denied" ? t("add.scanDenied") : t("add.scanNone")}
      </p>
      <div className="buttons">
        <PictureButton onFound={onFound} />
        <Button look="quiet" onPress={onStop}>
          <VideoOff size={18} aria-hidden />
          {t("add.scanStop")}
        </Button>
      </div>
    </div>
  );
}

/** Reads a code from a picture that was chosen. The picture goes nowhere. */
export function PictureButton({ onFound }: { readonly onFound: (text: string) => void }) {
  const { t } = useWords();
  const [isNothing, setNothing] = useState(false);
  const read = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    const text = await readPicture(file);
    setNothing(text === undefined);
    if (text !== undefined) onFound(text);
  };
  return (
    <div className="stack tight">
      <FileTrigger acceptedFileTypes={["image/*"]} onSelect={(files) => void read(files?.[0])}>
        <Button>
          <ImageUp size={18} aria-hidden />
          {t("add.picture")}
        </Button>
      </FileTrigger>
      <Problem text={isNothing ? t("add.noCode") : undefined} />
    </div>
  );
}
