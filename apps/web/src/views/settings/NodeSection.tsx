import type { NodeSnapshot } from "@p2pcrypt/client";
import { hostOf } from "../../words/failures.ts";
import { useWords } from "../surroundings.ts";

const STATE_WORDS = {
  connected: "node.connected",
  connecting: "node.connecting",
  waiting: "node.waiting",
} as const satisfies Record<NodeSnapshot["state"]["kind"], string>;

export function NodeSection({ nodes }: { readonly nodes: readonly NodeSnapshot[] }) {
  const { t } = useWords();
  return (
    <section className="stack tight">
      <h2>{t("settings.node")}</h2>
      <p className="hint">{t("settings.nodeLine")}</p>
      <ul className="stack tight">
        {nodes.map(({ url, state, isHome }) => (
          <li key={url} className="line wrap">
            <span className="code grow">{hostOf(url)}</span>
            {isHome ? <span className="hint">{t("node.home")}</span> : undefined}
            <span className={`node-state ${state.kind}`}>{t(STATE_WORDS[state.kind])}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
