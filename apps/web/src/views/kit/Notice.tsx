import { CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

const SHAPES = { info: Info, warn: TriangleAlert, bad: TriangleAlert, good: CircleCheck } as const;

/** Something to know, and what to do about it. */
export function Notice({
  tone,
  children,
  actions,
}: {
  readonly tone: keyof typeof SHAPES;
  readonly children: ReactNode;
  readonly actions?: ReactNode;
}) {
  const Shape = SHAPES[tone];
  return (
    <div className={`notice ${tone}`}>
      <div className="head">
        <Shape size={20} aria-hidden />
        <div className="grow stack tight">{children}</div>
      </div>
      {actions === undefined ? undefined : <div className="buttons">{actions}</div>}
    </div>
  );
}
