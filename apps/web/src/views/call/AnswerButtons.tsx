import { Phone, Video } from "lucide-react";
import { Button } from "../kit/Button.tsx";
import { useWords } from "../surroundings.ts";

export interface AnswerButtonsProps {
  readonly media: "voice" | "video";
  readonly onAnswer: (withCamera: boolean) => void;
}

/** Of what rings: a video call can be answered with the camera off. */
export function AnswerButtons({ media, onAnswer }: AnswerButtonsProps) {
  const { t } = useWords();
  return (
    <>
      <Button look="main" onPress={() => onAnswer(false)}>
        <Phone size={20} aria-hidden />
        {t("call.answer")}
      </Button>
      {media === "video" ? (
        <Button look="main" onPress={() => onAnswer(true)}>
          <Video size={20} aria-hidden />
          {t("call.answerVideo")}
        </Button>
      ) : undefined}
    </>
  );
}
