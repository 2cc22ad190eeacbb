import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { useWords } from "../surroundings.ts";
import { LinkButton } from "./LinkButton.tsx";

/** A place of its own in the middle column: a header with the way back, and what scrolls. */
export function Page({
  title,
  back,
  actions,
  children,
}: {
  readonly title: string;
  readonly back: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const { t } = useWords();
  return (
    <div className="page">
      <header className="bar">
        <LinkButton to={back} label={t("app.back")} icon={<ArrowLeft className="flips" size={20} aria-hidden />} isNarrowOnly />
        <h1 className="bar-title">{title}</h1>
        {actions}
      </header>
      <div className="scroll">
        <div className="column">{children}</div>
      </div>
    </div>
  );
}
