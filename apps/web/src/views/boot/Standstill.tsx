import { useState } from "react";
import type { BootState } from "../../boot/boot.ts";
import type { WordKey } from "../../words/catalogue.ts";
import { Button } from "../kit/Button.tsx";
import { Dialog } from "../kit/Dialog.tsx";
import { Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";
import { Solo } from "./Solo.tsx";

type Ended = (BootState & { readonly kind: "ended" })["reason"];
type Next = "useHere" | "reload" | "startOver" | "restore" | "discard";

interface Told {
  readonly title: WordKey;
  readonly line: WordKey;
  readonly next: readonly Next[];
}

/** Every way in which nothing goes on here, and what a person can do then. */
const ENDED = {
  takenOver: { title: "boot.takenOver", line: "boot.takenOverLine", next: ["useHere"] },
  cloned: { title: "boot.cloned", line: "boot.clonedLine", next: ["discard"] },
  removed: { title: "boot.removed", line: "boot.removedLine", next: ["discard"] },
  deleted: { title: "boot.deleted", line: "boot.deletedLine", next: ["startOver", "restore"] },
  notStored: { title: "boot.notStored", line: "boot.notStoredLine", next: ["reload"] },
  workerFailed: { title: "boot.workerFailed", line: "boot.workerFailedLine", next: ["reload", "discard"] },
  vaultDamaged: { title: "boot.vaultDamaged", line: "boot.vaultDamagedLine", next: ["reload", "discard"] },
  vaultNewer: { title: "boot.vaultNewer", line: "boot.vaultNewerLine", next: ["reload"] },
  evicted: { title: "boot.evicted", line: "boot.evictedLine", next: ["restore", "startOver"] },
  restoreUnfinished: { title: "boot.restoreUnfinished", line: "boot.restoreUnfinishedLine", next: ["restore", "startOver"] },
} as const satisfies Record<Ended, Told>;

const NEXT_WORDS = {
  useHere: "boot.useHere",
  reload: "boot.reload",
  startOver: "boot.startOver",
  restore: "boot.restore",
  discard: "boot.discard",
} as const satisfies Record<Next, WordKey>;

export interface StandstillActions {
  readonly useHere: () => Promise<void>;
  readonly reload: () => void;
  readonly startOver: () => void;
  readonly restore: () => void;
  readonly discard: () => Promise<void>;
}

export function EndedScreen({ reason, actions }: { readonly reason: Ended; readonly actions: StandstillActions }) {
  const { t } = useWords();
  const { title, line, next } = ENDED[reason];
  return <Standstill title={t(title)} line={t(line)} next={next} actions={actions} />;
}

export function InUseScreen({ actions }: { readonly actions: StandstillActions }) {
  const { t } = useWords();
  return <Standstill title={t("boot.inUse")} line={t("boot.inUseLine")} next={["useHere"]} actions={actions} />;
}

export function UnsupportedScreen({ missing }: { readonly missing: (BootState & { readonly kind: "unsupported" })["missing"] }) {
  const { t } = useWords();
  return (
    <Standstill
      title={t("boot.unsupported")}
      line={t("boot.unsupportedLine", { what: t(`boot.missing.${missing}`) })}
      next={[]}
    />
  );
}

export function InsecureScreen() {
  const { t } = useWords();
  return <Standstill title={t("boot.insecure")} line={t("boot.insecureLine")} next={[]} />;
}

function Standstill({
  title,
  line,
  next,
  actions,
}: {
  readonly title: string;
  readonly line: string;
  readonly next: readonly Next[];
  readonly actions?: StandstillActions;
}) {
  const { t } = useWords();
  const act = useAct(async (step: Next) => actions?.[step]());
  const [isAsking, setAsking] = useState(false);
  return (
    <Solo isHero>
      <div className="stack tight" role="alert">
        <h1>{title}</h1>
        <p className="lead">{line}</p>
      </div>
      {next.map((step, at) => (
        <Button
          key={step}
          look={at === 0 ? "main" : "plain"}
          size="wide"
          onPress={() => (step === "discard" ? setAsking(true) : act.run(step))}
          isPending={act.isRunning}
        >
          {t(NEXT_WORDS[step])}
        </Button>
      ))}
      <Problem text={act.error} />
      {isAsking ? (
        <Dialog title={t("boot.discard")} onClose={() => setAsking(false)}>
          <p>{t("boot.discardMeans")}</p>
          <div className="buttons">
            <Button
              look="bad"
              onPress={() => {
                setAsking(false);
                act.run("discard");
              }}
            >
              {t("boot.discardGo")}
            </Button>
            <Button look="quiet" onPress={() => setAsking(false)}>
              {t("app.cancel")}
            </Button>
          </div>
        </Dialog>
      ) : undefined}
    </Solo>
  );
}
