// Files of a conversation, wired. Fetched when there is one, or when somebody sends one.
import type { Client, ConversationId, FileEntry } from "@p2pcrypt/client";
import { safeFileName } from "@p2pcrypt/files";
import { Attachments } from "../model/attachments.ts";
import type { Workspace } from "../model/workspace.ts";
import type { Platform } from "../platform/platform.ts";
import { thumbnailOf } from "../platform/thumbnail.ts";
import { FileCard } from "./files/FileCard.tsx";
import { UploadStrip } from "./files/UploadStrip.tsx";
import { useSnapshot } from "./surroundings.ts";

interface FilesProps {
  readonly workspace: Workspace;
  readonly platform: Platform;
  readonly id: ConversationId;
}

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
      newRef: () => crypto.randomUUID(),
      thumbnail: thumbnailOf,
    });
  ofClient.set(id, found);
  return found;
}

export function UploadsPlace(props: FilesProps) {
  const attachments = attachmentsOf(props);
  const { uploads } = useSnapshot(attachments);
  return <UploadStrip uploads={uploads} actions={transferActions(attachments)} />;
}

export function FilePlace(props: FilesProps & { readonly entry: FileEntry }) {
  const { platform, entry } = props;
  const attachments = attachmentsOf(props);
  const { downloads } = useSnapshot(attachments);
  return (
    <FileCard
      entry={entry}
      download={downloads.get(entry.id)}
      nowMs={platform.nowMs()}
      actions={{
        ...transferActions(attachments),
        fetch: (one) => attachments.fetch(one),
        bytesOf: (transfer) => attachments.bytesOf(transfer),
        save: ({ file }, bytes) => platform.save({ name: safeFileName(file.name), type: "application/octet-stream", bytes }),
      }}
    />
  );
}

function transferActions(attachments: Attachments) {
  return {
    pause: (transferId: string) => void attachments.pause(transferId),
    resume: (transferId: string) => void attachments.resume(transferId),
    cancel: (transferId: string) => void attachments.cancel(transferId),
  };
}
