import { useEffect, useRef } from "react";

/** What the other side says, whatever is on the screen. */
export function CallSounds({ stream, isHeld }: { readonly stream: MediaStream; readonly isHeld: boolean }) {
  const player = useRef<HTMLAudioElement>(undefined);
  useEffect(() => {
    const sound = new Audio();
    sound.autoplay = true;
    player.current = sound;
    sound.srcObject = stream;
    return () => {
      sound.srcObject = null;
    };
  }, [stream]);
  useEffect(() => {
    if (player.current !== undefined) player.current.muted = isHeld;
  }, [isHeld]);
  return undefined;
}
