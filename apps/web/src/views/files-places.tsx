// Files of a conversation, wired. Fetched when there is one, or when somebody sends one.
import type { Client, ConversationId, FileEntry, TransferSnapshot } from "@p2pcrypt/client";
import { safeFileName } from "@p2pcrypt/files";
import { lazy, Suspense, useState } from "react";
import { Attachments, type KeptFile } from "../model/attachments.ts";
import { VoiceRecording } from "../model/voice-recording.ts";
import type { Workspace } from "../model/workspace.ts";
import { everyTick, openMicrophone } from "../platform/microphone.ts";
import { PageStreams } from "../platform/page-streams.ts";
import type { Platform } from "../platform/platform.ts";
import { pickerOf, saveFile } from "../platform/save-file.ts";
import { thumbnailOf } from "../platform/thumbnail.ts";
import { shownName, shownText } from "../text/printable.ts";
import { CameraButton } from "./camera/CameraButton.tsx";
import { FileCard } from "./files/FileCard.tsx";
import { Gallery } from "./files/Gallery.tsx";
import { SendQuestion, type SendQuestionProps } from "./files/SendQuestion.tsx";
import { UploadStrip } from "./files/UploadStrip.tsx";
import { useOwnModel, useSnapshot, useWords } from "./surroundings.ts";
import { VoiceRecorder } from "./voice/VoiceRecorder.tsx";

interface FilesProps {
  readonly workspace: Workspace;
  readonly platform: Platform;
  readonly id: ConversationId;
}

const PdfPlace = lazy(async () => ({ default: (await import("./pdf-places.tsx")).PdfPlace }));

/** Of the newest files of a conversation. */
const MAX_PICTURES = 500;

/** One per conversation and client: cards, the strip and the composer speak of the same transfers. */
const known = new WeakMap<Client, Map<ConversationId, Attachments>>();

export function attachmentsOf({ workspace, platform, id }: FilesProps): Attachments {
  const { client, boot } = workspace;
  const ofClient = known.get(client) ?? new Map<ConversationId, Attachments>();
  known.set(client, ofClient);
  const found =
    ofClient.get(id) ??
    new Attachments(id, {
      client,
      files: boot.files,
      later: platform.later,
      nowMs: () => platform.nowMs(),
      everySecond: (run) => platform.everySecond(run),
      newRef: () => crypto.randomUUID(),
      keepsCameraNotes: () => boot.settings().keepsCameraNotes,
      thumbnail: thumbnailOf,
    });
  ofClient.set(id, found);
  return found;
}

export function UploadsPlace(props: FilesProps) {
  const attachments = attachmentsOf(props);
  const { uploads, paces } = useSnapshot(attachments);
  return <UploadStrip uploads={uploads} paces={paces} actions={transferActions(attachments)} />;
}

export function SendPlace({ onClose, files, ...props }: FilesProps & Pick<SendQuestionProps, "files" | "onClose">) {
  const { kind, name } = props.workspace.client.conversations.get(props.id) ?? {};
  const { t } = useWords();
  const send = async (): Promise<void> => {
    await attachmentsOf(props).send(files);
    onClose();
  };
  const shown = kind === "self" ? t("self.name") : shownName(name ?? "");
  return <SendQuestion name={shown} files={files} onSend={send} onClose={onClose} />;
}

export function FilePlace(props: FilesProps & { readonly entry: FileEntry }) {
  const { workspace, platform, id, entry } = props;
  const attachments = attachmentsOf(props);
  const { downloads, paces } = useSnapshot(attachments);
  const download = downloads.get(entry.id);
  const [enlarged, setEnlarged] = useState<FileEntry>();
  const [leafed, setLeafed] = useState<KeptFile>();
  const { files } = workspace.client;
  const shared = {
    fetch: (one: FileEntry) => attachments.fetch(one),
    keptOf: (transfer: TransferSnapshot) => attachments.keptOf(transfer),
  };
  return (
    <>
      <FileCard
        entry={entry}
        download={download}
        pace={download === undefined ? undefined : paces.get(download.id)}
        nowMs={platform.nowMs()}
        actions={{
          ...transferActions(attachments),
          ...shared,
          save: (one, kept) => save(platform, one, kept),
          stream: (kept, type) => {
            const pages = streamsOf(platform);
            return pages.canPlay ? pages.serve({ ...kept, type, name: safeFileName(entry.file.name) }) : undefined;
          },
          listened: (transferId) => files.markListened(transferId),
          enlarge: setEnlarged,
          leaf: setLeafed,
        }}
      />
      {enlarged === undefined ? undefined : (
        <Gallery
          entry={enlarged}
          load={() => files.list(id, { limit: MAX_PICTURES })}
          downloads={downloads}
          paces={paces}
          onClose={() => setEnlarged(undefined)}
          resume={transferActions(attachments).resume}
          {...shared}
        />
      )}
      {leafed === undefined ? undefined : (
        <Suspense>
          <PdfPlace
            name={shownText(entry.file.name)}
            kept={leafed}
            platform={platform}
            onSave={() => save(platform, entry, leafed)}
            onClose={() => setLeafed(undefined)}
          />
        </Suspense>
      )}
    </>
  );
}

export function VoicePlace(props: FilesProps) {
  const { platform, id } = props;
  const attachments = attachmentsOf(props);
  const recording = useOwnModel(() => new VoiceRecording({ open: openMicrophone, everyTick, nowMs: () => platform.nowMs() }), id);
  return recording === undefined ? undefined : (
    <>
      <CameraButton onSend={(picture) => attachments.send([picture])} />
      <VoiceRecorder recording={recording} onSend={(message) => attachments.speak(message)} />
    </>
  );
}

let streams: PageStreams | undefined;

function streamsOf({ after }: Platform): PageStreams {
  streams ??= new PageStreams("serviceWorker" in navigator ? navigator.serviceWorker : undefined, after);
  return streams;
}

/** @returns false when this browser cannot save a file of that size. */
async function save(platform: Platform, { file }: FileEntry, kept: KeptFile): Promise<boolean> {
  const open = (url: string): void => {
    const link = document.createElement("a");
    link.href = url;
    link.click();
  };
  const deps = { save: platform.save, streams: streamsOf(platform), picker: pickerOf(window), open };
  return (await saveFile(deps, { ...kept, name: safeFileName(file.name), type: "" })) !== "impossible";
}

function transferActions(attachments: Attachments) {
  return {
    pause: (transferId: string) => void attachments.pause(transferId),
    resume: (transferId: string) => void attachments.resume(transferId),
    cancel: (transferId: string) => void attachments.cancel(transferId),
    again: (files: readonly File[]) => void attachments.send(files),
  };
}
