import { CircleAlert, CircleCheck, CircleDashed, CircleMinus } from "lucide-react";
import type { Finding } from "../../call/node-findings.ts";
import type { WordKey } from "../../words/catalogue.ts";
import { useWords } from "../surroundings.ts";

const SHAPES = { looking: CircleDashed, good: CircleCheck, bad: CircleAlert, skipped: CircleMinus } as const;

/** What is wrong, and what to do about it. */
const ADVICE = {
  http: "calltest.bad.http",
  websocket: "calltest.bad.websocket",
  clock: "calltest.bad.clock",
  storage: "calltest.bad.storage",
  relay: "calltest.bad.relay",
  relayUdp: "calltest.bad.relayUdp",
  relayTcp: "calltest.bad.relayTcp",
  relayTls: "calltest.bad.relayTls",
} as const satisfies Record<Finding["name"], WordKey>;

const SUMS = [
  "calltest.allGood",
  "calltest.someGood",
  "calltest.noRelay",
  "calltest.noWay",
] as const satisfies readonly WordKey[];

export function NodeFindings({ findings, isLooking }: { readonly findings: readonly Finding[]; readonly isLooking: boolean }) {
  const { t } = useWords();
  if (findings.length === 0) return undefined;
  const ways = findings.filter(({ name }) => name === "relayUdp" || name === "relayTcp" || name === "relayTls");
  const hasWay = ways.some(({ state }) => state === "good");
  return (
    <>
      <ul className="stack tight findings">
        {findings.map((finding) => (
          <FindingLine key={finding.name} finding={finding} isOnlyProblem={isLooking || hasWay} />
        ))}
      </ul>
      <p role="status">{isLooking ? t("calltest.looking") : t(sumOf(findings, hasWay))}</p>
    </>
  );
}

function sumOf(findings: readonly Finding[], hasWay: boolean): (typeof SUMS)[number] {
  if (findings.every(({ state }) => state === "good")) return "calltest.allGood";
  const isHeard = findings.every(({ name, state }) => name !== "websocket" || state === "good");
  if (hasWay && isHeard) return "calltest.someGood";
  return findings.some(({ name, state }) => name === "relay" && state === "skipped") ? "calltest.noRelay" : "calltest.noWay";
}

/** What is blocked is of no use to know alone when another way is not open either. */
function FindingLine({ finding, isOnlyProblem }: { readonly finding: Finding; readonly isOnlyProblem: boolean }) {
  const { t, language } = useWords();
  const { name, state, tookMs } = finding;
  const Shape = SHAPES[state];
  const took = tookMs === undefined ? undefined : tookText(tookMs, language);
  const advice = adviceFor(finding, isOnlyProblem);
  return (
    <li className={`finding ${state}`}>
      <Shape size={20} aria-hidden />
      <span className="grow stack none">
        <span>
          {t(`calltest.of.${name}`)}: {t(`calltest.state.${state}`)}
          {state !== "good" || took === undefined ? undefined : <span className="hint"> {took}</span>}
        </span>
        {state === "bad" ? <span className="hint">{t(advice)}</span> : undefined}
      </span>
    </li>
  );
}

function adviceFor({ name, outcome }: Finding, isOnlyProblem: boolean) {
  if (outcome === "refused") return "calltest.bad.refused";
  if (outcome === "noReturn") return "calltest.bad.noReturn";
  return outcome === "noWay" && !isOnlyProblem ? "calltest.bad.noWay" : ADVICE[name];
}

function tookText(ms: number, language: string): string {
  const isShort = ms < 1_000;
  const unit = isShort ? "millisecond" : "second";
  const format = new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: isShort ? 0 : 1 });
  return `(${format.format(isShort ? ms : ms / 1_000)})`;
}
