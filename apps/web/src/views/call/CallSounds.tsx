import { useEffect } from "react";

/** What the other side says, whatever is on the screen. */
export function CallSounds({ stream }: { readonly stream: MediaStream }) {
  useEffect(() => {
    const sound = new Audio();
    sound.autoplay = true;
    sound.srcObject = stream;
    return () => {
      sound.srcObject = null;
    };
  }, [stream]);
  return undefined;
}
