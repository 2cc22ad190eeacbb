import type { ConversationId } from "@p2pcrypt/client";
import { lazy, memo, Suspense } from "react";
import { avatarOf } from "../../model/avatar.ts";
import { initialsOf } from "../../text/printable.ts";

const GroupPicture = lazy(async () => ({ default: (await import("./GroupPicture.tsx")).GroupPicture }));

export interface AvatarProps {
  readonly identityId: string | undefined;
  readonly name: string;
  readonly size?: "small" | "large" | "";
  /** Of a group that has one: the hash of its picture, and the conversation that holds it. */
  readonly picture?: string | undefined;
  readonly groupId?: ConversationId;
}

/** The same for an identity everywhere. A help for the eye and no proof: the words beside it say how sure we are. */
export const Avatar = memo(function Avatar({ identityId, name, size = "", picture, groupId }: AvatarProps) {
  const { ground, figure, shapes } = avatarOf(identityId ?? "");
  const drawn = (
    <svg className={`avatar ${size}`} viewBox="0 0 48 48" aria-hidden="true">
      <rect width="48" height="48" fill={ground} />
      {shapes.map((path) => (
        <path key={path} d={path} fill={figure} />
      ))}
      <text x="24" y="25" textAnchor="middle" dominantBaseline="central" fontSize="17">
        {initialsOf(name)}
      </text>
    </svg>
  );
  if (picture === undefined || groupId === undefined) return drawn;
  return (
    <Suspense fallback={drawn}>
      <GroupPicture id={groupId} hash={picture} size={size} otherwise={drawn} />
    </Suspense>
  );
});
