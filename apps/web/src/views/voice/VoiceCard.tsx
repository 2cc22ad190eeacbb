import type { FileEntry, TransferSnapshot } from "@p2pcrypt/client";
import { Pause, Play } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { KeptFile } from "../../model/attachments.ts";
import { transferProblem } from "../../words/transfers.ts";
import { Button, IconButton } from "../kit/Button.tsx";
import { Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";
import { Bars } from "./Bars.tsx";

export interface VoiceCardProps {
  readonly entry: FileEntry;
  readonly voice: NonNullable<FileEntry["file"]["voice"]>;
  readonly download: TransferSnapshot | undefined;
  readonly kept: KeptFile | undefined;
  readonly nowMs: number;
  readonly actions: {
    readonly fetch: (entry: FileEntry) => Promise<void>;
    readonly resume: (transferId: string) => void;
    readonly listened: (transferId: string) => Promise<void>;
  };
}

const SPEEDS = [1, 1.5, 2] as const;
/** Media that may be a voice message; everything else that says so is a file. */
export const SPOKEN: ReadonlySet<string> = new Set(["audio/webm", "audio/ogg", "audio/mp4", "audio/mpeg", "audio/wav"]);

/** A voice message: fetched with the first press, heard in place. */
export function VoiceCard({ entry, voice, download, kept, nowMs, actions }: VoiceCardProps) {
  const words = useWords();
  const { t } = words;
  const audio = useRef<HTMLAudioElement>(null);
  const [isWanted, setIsWanted] = useState(false);
  const [isPlaying, setIsPlaying] = useState(false);
  const [atMs, setAtMs] = useState(0);
  const [speed, setSpeed] = useState<(typeof SPEEDS)[number]>(1);
  const url = useUrl(kept, entry.file.type);
  const durationMs = Math.max(1, voice.durationMs);
  const isExpired = entry.file.expiresMs <= nowMs && kept === undefined;
  const isHeard = entry.isOwn || download?.isListened === true;
  const act = useAct(async () => (download?.state === "failed" ? actions.resume(download.id) : actions.fetch(entry)));
  const play = (): void => {
    const element = audio.current;
    if (element === null || url === undefined) {
      setIsWanted(true);
      act.run();
      return;
    }
    if (isPlaying) {
      element.pause();
      return;
    }
    element.playbackRate = speed;
    element.play().catch(() => setIsPlaying(false)); // not a sound after all
    if (!isHeard && download !== undefined) void actions.listened(download.id);
  };
  // once, when what was asked for is here
  useEffect(() => {
    if (!isWanted || url === undefined) return;
    setIsWanted(false);
    play();
  }, [url, isWanted]);
  const seek = (to: number): void => {
    setAtMs(to);
    if (audio.current !== null) audio.current.currentTime = to / 1_000;
  };
  const next = (): void => {
    const faster = SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length] ?? 1;
    setSpeed(faster);
    if (audio.current !== null) audio.current.playbackRate = faster;
  };
  return (
    <fieldset className="voice" aria-label={t("voice.message")}>
      <IconButton
        label={t(isPlaying ? "voice.pause" : "voice.play")}
        look="main"
        icon={isPlaying ? <Pause size={20} aria-hidden /> : <Play size={20} aria-hidden />}
        isDisabled={isExpired}
        onPress={play}
      />
      <span className="voice-track">
        <Bars heights={[...voice.waveform].map((byte) => byte / 255)} done={atMs / durationMs} />
        <input
          type="range"
          aria-label={t("voice.position")}
          aria-valuetext={words.clock(atMs)}
          min={0}
          max={durationMs}
          step={100}
          value={Math.min(atMs, durationMs)}
          disabled={url === undefined}
          onChange={(event) => seek(Number(event.currentTarget.value))}
        />
      </span>
      <span className="clock hint">{words.clock(isPlaying || atMs > 0 ? atMs : durationMs)}</span>
      <Button size="small" look="quiet" label={t("voice.speed", { speed: words.number(speed) })} onPress={next}>
        {words.number(speed)}×
      </Button>
      {isHeard ? undefined : <span className="unheard">{t("voice.unheard")}</span>}
      <Problem text={download?.failure === undefined ? act.error : transferProblem(words, download.failure)} />
      {isExpired ? <span className="hint">{t("file.expired")}</span> : undefined}
      {/* biome-ignore lint/a11y/useMediaCaption: there is none to give */}
      <audio
        ref={audio}
        src={url}
        preload="metadata"
        onLoadedMetadata={(event) => settleLength(event.currentTarget)}
        onPlay={() => setIsPlaying(true)}
        onPause={() => setIsPlaying(false)}
        onTimeUpdate={({ currentTarget: { paused, currentTime } }) =>
          paused ? undefined : setAtMs(Math.min(durationMs, currentTime * 1_000))
        }
        onEnded={() => {
          setIsPlaying(false);
          seek(0);
        }}
      />
    </fieldset>
  );
}

/** What a browser recorded names no length, and is not moved in before its end was looked for. */
function settleLength(element: HTMLAudioElement): void {
  if (Number.isFinite(element.duration)) return;
  if (!element.paused) return;
  const back = (): void => {
    if (element.paused) element.currentTime = 0;
  };
  element.addEventListener("durationchange", back, { once: true });
  element.currentTime = 1e9;
}

function useUrl(kept: KeptFile | undefined, type: string): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (kept === undefined) return;
    let made: string | undefined;
    let isWanted = true;
    void kept.take().then((bytes) => {
      if (!isWanted || bytes === undefined) return;
      made = URL.createObjectURL(bytes.slice(0, bytes.size, type));
      setUrl(made);
    });
    return () => {
      isWanted = false;
      if (made !== undefined) URL.revokeObjectURL(made);
      setUrl(undefined);
    };
  }, [kept, type]);
  return url;
}
