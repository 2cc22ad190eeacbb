import type { GroupCallSnapshot } from "@p2pcrypt/client";
import { useRef, useState } from "react";
import type { GroupSessionSnapshot } from "../../call/group-session.ts";
import { useWords } from "../surroundings.ts";
import { type Askable, AskIn } from "./AskIn.tsx";
import { type CallActions, CallActs } from "./CallActs.tsx";
import { CallPicture } from "./CallPicture.tsx";
import { CallTile } from "./CallTile.tsx";
import { GroupTime, type Ticking } from "./GroupTime.tsx";
import { Troubles } from "./Troubles.tsx";

export interface GroupScreenProps extends Ticking {
  readonly call: GroupCallSnapshot;
  readonly title: string;
  readonly media: GroupSessionSnapshot;
  readonly nameOf: (identityId: string) => string;
  readonly askable: readonly Askable[];
  readonly actions: CallActions & { readonly ask: (identityId: string) => Promise<void> };
}

/** Everybody at once, or who speaks large and the others beside them. */
export function GroupScreen({ call, title, media, nameOf, askable, actions, ...ticking }: GroupScreenProps) {
  const { t } = useWords();
  const [isGrid, setIsGrid] = useState(true);
  const [asks, setAsks] = useState(false);
  const section = useRef<HTMLElement>(null);
  const { people } = call;
  // A shared screen is what everybody looks at.
  const first = people.find(({ sends }) => sends.screen) ?? people.find(({ pair }) => pair === media.speaker) ?? people[0];
  const tile = (person: (typeof people)[number]) => (
    <CallTile key={person.pair} person={person} name={nameOf(person.identityId)} media={media.people.get(person.pair)} />
  );
  const own = media.screen ?? media.camera;
  const self =
    own === undefined ? undefined : (
      <figure className="tile self" key="self">
        <CallPicture stream={own} label={t("details.you")} look="tile" />
        <figcaption>{t("details.you")}</figcaption>
      </figure>
    );
  const hasPicture = people.some(({ sends }) => sends.camera || sends.screen);
  return (
    <section className="call" ref={section} aria-label={t(`call.of.${call.media}`)}>
      <header className="group-call-head">
        <h2 dir="auto">{title}</h2>
        <GroupTime call={call} {...ticking} />
        {media.isHeld ? <p className="call-held">{t("call.held")}</p> : undefined}
        <Troubles trouble={media.trouble} />
      </header>
      {people.length === 0 ? (
        <div className="call-stage">
          <p className="call-state" role="status">
            {t("call.alone")}
          </p>
          {self}
        </div>
      ) : isGrid || people.length === 1 || first === undefined ? (
        <div className="tiles grid" data-count={people.length + (self === undefined ? 0 : 1)}>
          {people.map(tile)}
          {self}
        </div>
      ) : (
        <div className="tiles speaker">
          {tile(first)}
          <div className="strip">
            {people.filter((person) => person !== first).map(tile)}
            {self}
          </div>
        </div>
      )}
      <p className="hint call-address">
        {t(people.some(({ hidesAddress }) => hidesAddress) ? "call.hiddenSome" : "call.directAll")}
      </p>
      <CallActs
        label={t(`call.of.${call.media}`)}
        {...{ media, actions, section, hasPicture }}
        onAsk={call.isFull || askable.length === 0 ? undefined : () => setAsks(true)}
        {...(people.length > 1 ? { view: { isGrid, toggle: () => setIsGrid(!isGrid) } } : {})}
      />
      {asks ? (
        <AskIn people={askable} hint={t("call.askGroupHint")} onAsk={actions.ask} onClose={() => setAsks(false)} />
      ) : undefined}
    </section>
  );
}
