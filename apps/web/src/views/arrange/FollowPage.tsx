import type { MoveTarget } from "../../model/move-target.ts";
import { hostOf } from "../../words/failures.ts";
import { Button } from "../kit/Button.tsx";
import { Problem } from "../kit/Field.tsx";
import { Page } from "../kit/Page.tsx";
import { useAct, useWords } from "../surroundings.ts";

/** A link was opened that says where a conversation goes on: the node it names, and one thing to do. */
export function FollowPage({ target, onFollow }: { readonly target: MoveTarget; readonly onFollow: () => Promise<void> }) {
  const { t } = useWords();
  const follow = useAct(onFollow);
  return (
    <Page title={t("follow.title")} back="#/">
      <section className="card">
        <p>{t("follow.line")}</p>
        <p className="hint">
          <bdi>{t("landing.at", { node: hostOf(target.nodeUrl) })}</bdi>
        </p>
        <p className="hint">{t("follow.unsure")}</p>
      </section>
      <Button look="main" size="wide" onPress={() => follow.run()} isPending={follow.isRunning}>
        {t("move.follow")}
      </Button>
      <Problem text={follow.error} />
    </Page>
  );
}
