import { Mic, SendHorizontal, Trash2 } from "lucide-react";
import type { VoiceMessage, VoiceRecording } from "../../model/voice-recording.ts";
import { IconButton } from "../kit/Button.tsx";
import { Problem } from "../kit/Field.tsx";
import { useAct, useSnapshot, useWords } from "../surroundings.ts";
import { Bars } from "./Bars.tsx";

/** A button beside the composer, and in its place while somebody speaks. */
export function VoiceRecorder({
  recording,
  onSend,
}: {
  readonly recording: VoiceRecording;
  readonly onSend: (message: VoiceMessage) => Promise<void>;
}) {
  const words = useWords();
  const { t } = words;
  const { state, elapsedMs, levels } = useSnapshot(recording);
  const sending = useAct(async () => {
    const message = await recording.finish();
    if (message !== undefined) await onSend(message);
  });
  if (state === "off" || state === "refused") {
    return (
      <>
        <IconButton label={t("voice.record")} icon={<Mic size={20} aria-hidden />} onPress={() => void recording.start()} />
        <Problem text={state === "refused" ? t("voice.refused") : sending.error} />
      </>
    );
  }
  const time = words.clock(elapsedMs);
  return (
    <fieldset className="recording" aria-label={t("voice.recording")}>
      <IconButton label={t("voice.cancel")} icon={<Trash2 size={20} aria-hidden />} onPress={() => recording.cancel()} />
      <span className="recording-dot" aria-hidden />
      <span className="clock">{time}</span>
      <Bars heights={levels.map((level) => Math.min(1, level * 3))} done={0} />
      <IconButton
        label={t("voice.send")}
        look="main"
        icon={<SendHorizontal className="flips" size={20} aria-hidden />}
        onPress={() => sending.run()}
      />
    </fieldset>
  );
}
