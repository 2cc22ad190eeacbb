import type { ReactNode } from "react";

/** Going somewhere is a link: it can be opened anew, and back works. */
export function LinkButton({
  to,
  label,
  icon,
  isNarrowOnly = false,
}: {
  readonly to: string;
  readonly label: string;
  readonly icon: ReactNode;
  readonly isNarrowOnly?: boolean;
}) {
  return (
    <a className={`button icon ${isNarrowOnly ? "narrow-only" : ""}`} href={to} aria-label={label}>
      {icon}
    </a>
  );
}
