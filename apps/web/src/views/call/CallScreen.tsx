import type { ShortCodeRun } from "@p2pcrypt/client";
import { useRef, useState } from "react";
import { shownName } from "../../text/printable.ts";
import { type ShortActions, ShortWay } from "../compare/ShortWay.tsx";
import { useWords } from "../surroundings.ts";
import { type Askable, AskIn } from "./AskIn.tsx";
import { type CallActions, CallActs } from "./CallActs.tsx";
import { CallHead } from "./CallHead.tsx";
import { CallPicture } from "./CallPicture.tsx";
import { CallTime, type ShownCall } from "./CallTime.tsx";
import { Troubles } from "./Troubles.tsx";

export interface CallScreenProps extends ShownCall {
  /** Comparing a code by voice: who hears whom is what it proves. */
  readonly check: { readonly run: ShortCodeRun | undefined; readonly actions: ShortActions };
  readonly actions: CallActions & {
    /** Goes on in a group with this person, too. */
    readonly ask: (identityId: string) => Promise<void>;
  };
  readonly askable: readonly Askable[];
}

/** Whoever began, both see it. */
const GOING: ReadonlySet<ShortCodeRun["state"]> = new Set(["waiting", "offered", "compare", "confirmed"]);

export function CallScreen({ actions, check, askable, ...shown }: CallScreenProps) {
  const { t } = useWords();
  const { call, who, media } = shown;
  const [showsCheck, setShowsCheck] = useState(false);
  const [asks, setAsks] = useState(false);
  const section = useRef<HTMLElement>(null);
  const name = shownName(who.name);
  const { theirs } = call;
  const big = theirs.screen ? media.theirScreen : theirs.camera ? media.theirCamera : undefined;
  const isHeld = theirs.isHeld === true;
  return (
    <section className="call" ref={section} aria-label={t(`call.of.${call.media}`)}>
      <div className={`call-stage ${big === undefined ? "" : "with-picture"}`}>
        {big === undefined ? undefined : <CallPicture stream={big} label={name} look="big" />}
        {theirs.screen && theirs.camera ? <CallPicture stream={media.theirCamera} label={name} look="beside" /> : undefined}
        {media.screen !== undefined || media.camera !== undefined ? (
          <CallPicture stream={media.screen ?? media.camera ?? media.theirCamera} label={t("details.you")} look="own" />
        ) : undefined}
        <CallHead who={who} onCompare={() => setShowsCheck(true)} />
        <CallTime {...shown} />
        {showsCheck || (check.run !== undefined && GOING.has(check.run.state)) ? (
          <ShortWay run={check.run} name={name} actions={check.actions} />
        ) : undefined}
        {media.isHeld ? <p className="call-held">{t("call.held")}</p> : undefined}
        {isHeld ? <p className="call-held">{t("call.theyHeld", { name })}</p> : undefined}
        {theirs.microphone || isHeld || call.state !== "connected" ? undefined : (
          <p className="hint">{t("call.theyMuted", { name })}</p>
        )}
        <p className="hint call-address">{call.hidesAddress ? t("call.hidden") : t("call.direct")}</p>
        <Troubles trouble={media.trouble} />
      </div>
      <CallActs
        label={t(`call.of.${call.media}`)}
        {...{ media, actions, section }}
        hasPicture={big !== undefined}
        onAsk={askable.length === 0 ? undefined : () => setAsks(true)}
      />
      {asks ? (
        <AskIn people={askable} hint={t("call.askHint", { name })} onAsk={actions.ask} onClose={() => setAsks(false)} />
      ) : undefined}
    </section>
  );
}
