// What a person sets for one conversation, wired. Fetched when it is wanted.
import type { ConversationSnapshot } from "@p2pcrypt/client";
import type { MoveTarget } from "../model/move-target.ts";
import { readableOf } from "../model/readable.ts";
import type { Workspace } from "../model/workspace.ts";
import type { Platform } from "../platform/platform.ts";
import { ArrangeSection } from "./arrange/ArrangeSection.tsx";
import { FollowPage } from "./arrange/FollowPage.tsx";
import { MoveSection } from "./arrange/MoveSection.tsx";
import type { PlaceProps } from "./places.tsx";
import { useSnapshot, useWords } from "./surroundings.ts";

export function ArrangePlace({
  workspace,
  platform,
  conversation,
}: {
  readonly workspace: Workspace;
  readonly platform: Platform;
  readonly conversation: ConversationSnapshot;
}) {
  const words = useWords();
  const { conversations } = workspace.client;
  const { id } = conversation;
  const folders = new Set(conversations.list().flatMap(({ arrangement }) => arrangement.folder ?? []));
  const { nodes } = useSnapshot(workspace.nodes);
  const isNodeThere = nodes.some(({ url, state }) => conversation.nodeUrls.includes(url) && state.kind === "connected");
  return (
    <>
      <MoveSection
        conversation={conversation}
        isNodeThere={isNodeThere}
        actions={{
          move: (nodeUrl, isNodeGone) => conversations.move(id, nodeUrl, { isNodeGone }),
          follow: async (link) => {
            await conversations.followMove(link);
          },
          rejoin: () => conversations.rejoin(id),
        }}
      />
      <ArrangeSection
        conversation={conversation}
        folders={[...folders].sort((one, other) => one.localeCompare(other))}
        nowMs={platform.nowMs()}
        actions={{
          arrange: (change) => conversations.arrange(id, change),
          setDisappearing: (afterS) => conversations.setDisappearing(id, afterS),
          clear: () => conversations.clear(id),
          saveReadable: async () => {
            const text = await readableOf(workspace.client, id, words, platform.nowMs());
            platform.save({ name: "conversation.txt", type: "text/plain", bytes: new Blob([text], { type: "text/plain" }) });
          },
        }}
      />
    </>
  );
}

export function FollowPlace({ workspace, router, target }: PlaceProps & { readonly target: MoveTarget }) {
  const follow = async (): Promise<void> => {
    const id = await workspace.client.conversations.followMove(target.link);
    router.go({ kind: "conversation", id, details: false });
  };
  return <FollowPage target={target} onFollow={follow} />;
}
