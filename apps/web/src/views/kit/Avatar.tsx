import { memo } from "react";
import { avatarOf } from "../../model/avatar.ts";
import { initialsOf } from "../../text/printable.ts";

/** The same for an identity everywhere. A help for the eye and no proof: the words beside it say how sure we are. */
export const Avatar = memo(function Avatar({
  identityId,
  name,
  size = "",
}: {
  readonly identityId: string | undefined;
  readonly name: string;
  readonly size?: "small" | "large" | "";
}) {
  const { ground, figure, shapes } = avatarOf(identityId ?? "");
  return (
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
});
