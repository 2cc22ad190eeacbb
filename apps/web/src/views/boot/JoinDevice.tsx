import type { Linking, LinkingOffer } from "@p2pcrypt/client";
import { ScanLine } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { shownName } from "../../text/printable.ts";
import { Scanner } from "../add/Scanner.tsx";
import { Button } from "../kit/Button.tsx";
import { Field, Problem } from "../kit/Field.tsx";
import { SixDigits } from "../kit/SixDigits.tsx";
import { useAct, usePlatform, useWords } from "../surroundings.ts";

export interface JoinActions {
  readonly link: (linking: Linking) => Promise<void>;
  readonly cancelJoining: () => Promise<void>;
}

interface Asked {
  readonly offer: LinkingOffer;
  readonly answer: (isEqual: boolean) => void;
}

/** This browser becomes another device of somebody who has one already, and shows a code there. */
export function JoinDevice({
  ownNode,
  code: given,
  actions,
}: {
  readonly ownNode: string | undefined;
  /** Of a link that was opened. */
  readonly code: string | undefined;
  readonly actions: JoinActions;
}) {
  const { t } = useWords();
  const { deviceName } = usePlatform();
  const [code, setCode] = useState(given ?? "");
  const [node, setNode] = useState(ownNode ?? "");
  const [name, setName] = useState(deviceName);
  const [isScanning, setScanning] = useState(false);
  const [asked, setAsked] = useState<Asked>();
  const [hasAnswered, setAnswered] = useState(false);
  const isJoining = useRef(false);
  const isLink = code.includes("#/link/");
  const join = useAct(async () => {
    setAnswered(false);
    isJoining.current = true;
    try {
      await actions.link({
        code: code.trim(),
        deviceName: name,
        ...(isLink || node.trim() === "" ? {} : { homeNodeUrl: node.trim() }),
        compare: (offer) => new Promise((answer) => setAsked({ offer, answer })),
      });
    } finally {
      isJoining.current = false;
      setAsked(undefined);
    }
  });
  const cancel = useRef(actions.cancelJoining);
  cancel.current = actions.cancelJoining;
  // Whoever goes elsewhere has given up.
  useEffect(() => () => void (isJoining.current ? cancel.current().catch(() => undefined) : undefined), []);
  if (asked !== undefined) {
    const say = (isEqual: boolean): void => {
      setAnswered(true);
      asked.answer(isEqual);
    };
    return (
      <section className="stack" aria-live="polite">
        <p>{t("linking.compareJoining", { name: shownName(asked.offer.name) })}</p>
        <SixDigits digits={asked.offer.digits} />
        {hasAnswered ? (
          <p className="hint">{t("linking.waitingOld")}</p>
        ) : (
          <div className="buttons">
            <Button look="main" onPress={() => say(true)}>
              {t("linking.same")}
            </Button>
            <Button look="quiet danger" onPress={() => say(false)}>
              {t("linking.differ")}
            </Button>
          </div>
        )}
        <Problem text={join.error} />
      </section>
    );
  }
  if (isScanning) {
    const found = (text: string): void => {
      setScanning(false);
      setCode(text);
    };
    return <Scanner onFound={found} onStop={() => setScanning(false)} />;
  }
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        join.run();
      }}
    >
      <Field label={t("linking.code")} hint={t("linking.codeHint")} value={code} onChange={setCode} isCode />
      <div className="buttons">
        <Button onPress={() => setScanning(true)}>
          <ScanLine size={18} aria-hidden />
          {t("add.scan")}
        </Button>
      </div>
      <Field label={t("linking.deviceName")} hint={t("linking.deviceNameHint")} value={name} onChange={setName} />
      {isLink || ownNode !== undefined ? undefined : (
        <Field label={t("start.node")} hint={t("start.nodeHint")} value={node} onChange={setNode} type="url" isCode />
      )}
      <Problem text={join.error} />
      <Button type="submit" look="main" size="wide" isDisabled={code.trim() === ""} isPending={join.isRunning}>
        {join.isRunning ? t("linking.looking") : t("linking.join")}
      </Button>
    </form>
  );
}
