import type { SelfSnapshot } from "@p2pcrypt/client";
import { ArrowLeft, Link2, Settings } from "lucide-react";
import type { ReactNode } from "react";
import type { SafetySnapshot } from "../../model/safety.ts";
import { shownName } from "../../text/printable.ts";
import { LinkButton } from "../kit/LinkButton.tsx";
import { useWords } from "../surroundings.ts";
import { type SafetyActions, SafetyRow } from "./SafetyRow.tsx";
import { ShareCard } from "./ShareCard.tsx";

export interface HomeProps {
  readonly self: SelfSnapshot;
  readonly safety: SafetySnapshot;
  readonly actions: SafetyActions;
  readonly hasConversations: boolean;
  readonly children?: ReactNode;
}

export function Home({ self, safety, actions, hasConversations, children }: HomeProps) {
  const { t } = useWords();
  return (
    <div className="page">
      <header className="bar narrow-only">
        {hasConversations ? (
          <LinkButton to="#/" label={t("app.back")} icon={<ArrowLeft className="flips" size={20} aria-hidden />} />
        ) : undefined}
        <span className="bar-title">{t("app.name")}</span>
        <LinkButton to="#/settings" label={t("list.settings")} icon={<Settings size={20} aria-hidden />} />
      </header>
      <div className="scroll">
        <div className="column home">
          <h1>{t("home.welcome", { name: shownName(self.name) })}</h1>
          <ShareCard self={self} />
          <a className="button quiet" href="#/add">
            <Link2 size={18} aria-hidden />
            {t("start.haveLink")}
          </a>
          {children}
          <SafetyRow safety={safety} actions={actions} />
        </div>
      </div>
    </div>
  );
}
