import type { OwnSnapshot } from "../../call/media-session.ts";
import { useWords } from "../surroundings.ts";

/** What does not work here. The call goes on without it. */
export function Troubles({ trouble }: Pick<OwnSnapshot, "trouble">) {
  const { t } = useWords();
  const troubles = (["microphone", "camera", "screen"] as const).flatMap((what) => {
    const found = trouble[what];
    return found === undefined ? [] : [t(`call.trouble.${what}.${found}`)];
  });
  return troubles.map((text) => (
    <p key={text} className="call-trouble" role="alert">
      {text}
    </p>
  ));
}
