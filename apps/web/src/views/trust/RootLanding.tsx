import { useState } from "react";
import type { LinkTarget } from "../../model/link-target.ts";
import { FULL_AMOUNT } from "../../model/trust-mark.ts";
import { byteOf } from "../../model/vouch-terms.ts";
import { shownName } from "../../text/printable.ts";
import { hostOf } from "../../words/failures.ts";
import { grouped } from "../details/Fingerprints.tsx";
import { Avatar } from "../kit/Avatar.tsx";
import { Button } from "../kit/Button.tsx";
import { Problem } from "../kit/Field.tsx";
import { Name } from "../kit/Name.tsx";
import { Notice } from "../kit/Notice.tsx";
import { Page } from "../kit/Page.tsx";
import { useAct, useWords } from "../surroundings.ts";
import { AmountChoice } from "./AmountChoice.tsx";

/** Somebody handed a link that makes them, or their organisation, a root. Opening it changes nothing. */
export function RootLanding({
  target,
  isOwn,
  onMake,
}: {
  readonly target: LinkTarget | undefined;
  readonly isOwn: boolean;
  readonly onMake: (amount: number) => Promise<void>;
}) {
  const { t } = useWords();
  const [text, setText] = useState(String(FULL_AMOUNT));
  const amount = byteOf(text);
  const make = useAct(async () => (amount === undefined ? undefined : onMake(amount)));
  const name = shownName(target?.nameHint ?? "");
  return (
    <Page title={t("roots.title")} back="#/roots">
      {target === undefined ? (
        <Notice tone="bad">{t("landing.broken")}</Notice>
      ) : (
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            make.run();
          }}
        >
          <div className="who-head">
            <Avatar identityId={target.identityId} name={target.nameHint} size="large" />
            <h2 className="who-name">
              <Name name={target.nameHint} />
            </h2>
            <p className="hint">
              <bdi>{t("landing.at", { node: hostOf(target.nodeUrl) })}</bdi>
            </p>
            <p className="unsure">{t("roots.fromLink")}</p>
            <p className="code">{grouped(target.identityId)}</p>
          </div>
          {isOwn ? (
            <Notice tone="info">{t("landing.own")}</Notice>
          ) : (
            <>
              <p>{t("roots.means", { name })}</p>
              <AmountChoice text={text} onChange={setText} />
              <Problem text={make.error} />
              <Button type="submit" look="main" size="wide" isDisabled={amount === undefined} isPending={make.isRunning}>
                {t("roots.make")}
              </Button>
            </>
          )}
        </form>
      )}
    </Page>
  );
}
