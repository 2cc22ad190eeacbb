// Over the field while an @ is being written: the members it could mean. The field keeps the focus; arrows choose, Enter and Tab take.
import type { MemberSnapshot } from "@p2pcrypt/client";
import { useEffect, useState } from "react";
import { folded } from "../../text/folded.ts";
import { shownName } from "../../text/printable.ts";
import type { NamingField } from "../chat/Composer.tsx";
import { Avatar } from "../kit/Avatar.tsx";
import { Name } from "../kit/Name.tsx";
import { useWords } from "../surroundings.ts";

const MAX_OFFERED = 8;
const LIST = "mention-list";
/** From an @ at the beginning of a word to the caret: names have spaces, but nobody is looked for in a whole sentence. */
const BEGUN = /(?<![\p{L}\p{N}_@.])@([^@\n]{0,40})$/u;

export interface MemberOfferProps extends NamingField {
  readonly members: readonly MemberSnapshot[];
  readonly onPick: (member: MemberSnapshot) => void;
}

export function MemberOffer({ text, caret, area, keys, write, members, onPick }: MemberOfferProps) {
  const { t } = useWords();
  const [at, setAt] = useState(0);
  const [closed, setClosed] = useState<string>();
  const begun = BEGUN.exec(text.slice(0, caret))?.[1];
  const offered = begun === undefined || closed === text ? [] : fitting(members, begun);
  const active = Math.min(at, offered.length - 1);
  const take = (member: MemberSnapshot): void => {
    const field = area.current;
    if (field === null || begun === undefined) return;
    onPick(member);
    field.setRangeText(`@${member.name} `, caret - begun.length - 1, caret, "end");
    write(field.value, field.selectionEnd);
    field.focus();
    setAt(0);
  };
  useEffect(() => {
    const field = area.current;
    keys.current = (event) => {
      const member = offered[active];
      if (member === undefined || event.nativeEvent.isComposing) return false;
      if (event.key === "ArrowDown") setAt((active + 1) % offered.length);
      else if (event.key === "ArrowUp") setAt((active + offered.length - 1) % offered.length);
      else if ((event.key === "Enter" && !event.shiftKey) || event.key === "Tab") take(member);
      else if (event.key === "Escape") setClosed(text);
      else return false;
      event.preventDefault();
      return true;
    };
    const described = {
      "aria-autocomplete": "list",
      "aria-haspopup": "listbox",
      "aria-controls": offered.length > 0 ? LIST : undefined,
      "aria-activedescendant": offered.length > 0 ? `${LIST}-${active}` : undefined,
    };
    for (const [name, value] of Object.entries(described)) {
      if (value === undefined) field?.removeAttribute(name);
      else field?.setAttribute(name, value);
    }
  });
  useEffect(
    () => () => {
      keys.current = undefined;
      for (const name of ["aria-controls", "aria-activedescendant"]) area.current?.removeAttribute(name);
    },
    [keys, area],
  );
  return (
    <>
      <p className="unseen" role="status">
        {offered.length === 0 ? "" : t("mention.offered", { count: offered.length })}
      </p>
      {offered.length === 0 ? undefined : (
        <div className="offers" id={LIST} role="listbox" aria-label={t("mention.members")}>
          {offered.map((member, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
            <div
              key={member.identityId}
              id={`${LIST}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === active}
              ref={index === active ? (one) => one?.scrollIntoView({ block: "nearest" }) : undefined}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(member)}
            >
              <Avatar identityId={member.identityId} name={member.name} size="small" />
              <Name name={member.name} />
              {hasTwin(member, members) ? <span className="hint">{member.identityId.slice(0, 8)}</span> : undefined}
            </div>
          ))}
        </div>
      )}
    </>
  );
}

/** Those whose name, or a word of it, begins like that. Nobody once the name is written out. */
function fitting(members: readonly MemberSnapshot[], begun: string): readonly MemberSnapshot[] {
  const wanted = `${folded(begun)}${begun.endsWith(" ") ? " " : ""}`;
  const fits = members.filter(({ name, isSelf }) => {
    const called = folded(shownName(name));
    return !isSelf && (called.startsWith(wanted) || called.split(" ").some((word) => word.startsWith(wanted)));
  });
  return fits.slice(0, MAX_OFFERED);
}

function hasTwin({ identityId, name }: MemberSnapshot, members: readonly MemberSnapshot[]): boolean {
  return members.some((other) => other.identityId !== identityId && folded(other.name) === folded(name));
}
