import { WifiOff } from "lucide-react";
import type { NodesSnapshot } from "../model/nodes.ts";
import { hostOf } from "../words/failures.ts";
import { Button } from "./kit/Button.tsx";
import { useWords } from "./surroundings.ts";

/** Said while a node cannot be reached, with when it is tried again. */
export function NodeBanner({
  nodes,
  isOnline,
  onRetry,
}: {
  readonly nodes: NodesSnapshot;
  readonly isOnline: boolean;
  readonly onRetry: () => void;
}) {
  const { t } = useWords();
  const { unreachable } = nodes;
  if (unreachable === undefined) return undefined;
  const { url, seconds } = unreachable;
  return (
    <div className="banner">
      <WifiOff size={18} aria-hidden />
      <p className="grow">
        <span role="status">{isOnline ? t("node.unreachable", { node: hostOf(url) }) : t("node.offline")}</span>{" "}
        <span className="hint">{seconds > 0 ? t("node.tryingIn", { count: seconds }) : t("node.trying")}</span>
      </p>
      {isOnline ? <a href="#/settings">{t("node.elsewhere")}</a> : undefined}
      <Button size="small" onPress={onRetry}>
        {t("node.retry")}
      </Button>
    </div>
  );
}
