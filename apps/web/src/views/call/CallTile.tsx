import type { CallPerson } from "@p2pcrypt/client";
import { MicOff, Pause } from "lucide-react";
import type { PersonMedia } from "../../call/group-session.ts";
import { shownName } from "../../text/printable.ts";
import { Avatar } from "../kit/Avatar.tsx";
import { Name } from "../kit/Name.tsx";
import { useWords } from "../surroundings.ts";
import { CallPicture } from "./CallPicture.tsx";

export interface TileProps {
  readonly person: CallPerson;
  readonly name: string;
  readonly media: PersonMedia | undefined;
}

/** One of the people in a group's call: picture or sign, name, and what is the matter, in words. */
export function CallTile({ person, name, media }: TileProps) {
  const { t } = useWords();
  const { sends, state, identityId } = person;
  const isHeld = sends.isHeld === true;
  const isThere = state === "connected" && media !== undefined && !isHeld;
  const picture = !isThere ? undefined : sends.screen ? media.screen : sends.camera ? media.camera : undefined;
  return (
    <figure className={`tile ${media?.isSpeaking === true && isThere ? "speaks" : ""}`}>
      {picture === undefined ? (
        <Avatar identityId={identityId} name={name} size="large" />
      ) : (
        <CallPicture stream={picture} label={shownName(name)} look="tile" />
      )}
      <figcaption>
        <Name name={name} />
        {isHeld ? <Pause size={16} aria-label={t("call.onHold")} /> : undefined}
        {sends.microphone || isHeld ? undefined : <MicOff size={16} aria-label={t("call.muted")} />}
        <TileState state={state} media={media} isQuiet={!sends.microphone} />
      </figcaption>
    </figure>
  );
}

function TileState({
  state,
  media,
  isQuiet,
}: Pick<TileProps, "media"> & {
  readonly state: CallPerson["state"];
  readonly isQuiet: boolean;
}) {
  const { t } = useWords();
  if (state !== "connected") return <span className="hint">{t(`call.pair.${state ?? "connecting"}`)}</span>;
  const { quality = "good" } = media ?? {};
  if (quality === "good" || (quality === "silent" && isQuiet)) return undefined;
  return <span className="hint">{t(`call.quality.${quality}`)}</span>;
}
