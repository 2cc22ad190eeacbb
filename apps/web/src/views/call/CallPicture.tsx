import { useEffect, useRef } from "react";

export function CallPicture({
  stream,
  label,
  look,
}: {
  readonly stream: MediaStream;
  readonly label: string;
  readonly look: "big" | "own" | "beside" | "tile";
}) {
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (element.current !== null) element.current.srcObject = stream;
  }, [stream]);
  return <video ref={element} className={`call-picture ${look}`} aria-label={label} autoPlay playsInline muted />;
}
