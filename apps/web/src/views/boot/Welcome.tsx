import { useState } from "react";
import type { GroupTarget } from "../../model/group-target.ts";
import type { LinkTarget } from "../../model/link-target.ts";
import { shownName } from "../../text/printable.ts";
import { LinkPerson } from "../add/Landing.tsx";
import { Button } from "../kit/Button.tsx";
import { CopyButton } from "../kit/CopyButton.tsx";
import { Notice } from "../kit/Notice.tsx";
import { Import } from "../later.ts";
import { useWords } from "../surroundings.ts";
import type { ImportActions } from "./Import.tsx";
import { NameStep } from "./NameStep.tsx";
import { Solo } from "./Solo.tsx";

export interface WelcomeProps {
  /** Somebody's link was opened. Null: what was opened is no whole link. */
  readonly target: LinkTarget | null | undefined;
  /** A link to a group was opened. */
  readonly group: GroupTarget | undefined;
  /** The node of this page; undefined when the page comes from elsewhere. */
  readonly ownNode: string | undefined;
  readonly beginsWith: "start" | "import";
  /** Of a link for a new device that was opened. */
  readonly linkingCode?: string | undefined;
  readonly actions: ImportActions & {
    readonly create: (name: string, homeNodeUrl: string) => Promise<void>;
    readonly openLink: () => void;
  };
}

/** The first minute. One thing to press at each step. */
export function Welcome({ target, group, ownNode, beginsWith, linkingCode, actions }: WelcomeProps) {
  const { t } = useWords();
  const [step, setStep] = useState<"start" | "name" | "import">(beginsWith);
  if (step === "name")
    return (
      <NameStep
        ownNode={ownNode ?? target?.nodeUrl ?? group?.nodeUrl}
        isAsked={ownNode === undefined}
        onBack={() => setStep("start")}
        onCreate={actions.create}
      />
    );
  if (step === "import") return <Import {...{ ownNode, linkingCode, actions }} onBack={() => setStep("start")} />;
  if (target != null) {
    return (
      <Solo>
        <LinkPerson target={target} name={target.nameHint} contact={undefined} title="h1" />
        <div className="stack tight">
          <a className="button main wide" href={target.appLink}>
            {t("landing.openInApp")}
          </a>
          <CopyButton text={target.link} label={t("landing.copyLink")} size="wide" />
        </div>
        <hr />
        <p className="hint">{t("landing.startHereHint")}</p>
        <Button size="wide" onPress={() => setStep("name")}>
          {t("landing.startHere")}
        </Button>
        <Button look="quiet" size="wide" onPress={() => setStep("import")}>
          {t("start.haveIdentity")}
        </Button>
      </Solo>
    );
  }
  return (
    <Solo isHero>
      <img className="logo" src="/icon.svg" alt="" width="72" height="72" />
      <div className="stack tight">
        <h1>{t("app.name")}</h1>
        <p className="lead">{t("start.line")}</p>
      </div>
      {group === undefined ? undefined : (
        <Notice tone="info">
          {t("landing.group", { group: shownName(group.groupHint), name: shownName(group.nameHint) })} {t("landing.groupFirst")}
        </Notice>
      )}
      {target === null ? <Notice tone="warn">{t("landing.broken")}</Notice> : undefined}
      <Button look="main" size="wide" onPress={() => setStep("name")}>
        {t("start.start")}
      </Button>
      <div className="buttons center">
        <Button look="quiet" onPress={actions.openLink}>
          {t("start.haveLink")}
        </Button>
        <Button look="quiet" onPress={() => setStep("import")}>
          {t("start.haveIdentity")}
        </Button>
      </div>
    </Solo>
  );
}
