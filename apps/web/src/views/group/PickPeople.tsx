import type { ContactSnapshot } from "@p2pcrypt/client";
import { trustMarkOf } from "../../model/trust-mark.ts";
import { Avatar } from "../kit/Avatar.tsx";
import { Name } from "../kit/Name.tsx";
import { TrustWord } from "../kit/TrustWord.tsx";
import { useWords } from "../surroundings.ts";

type Chosen = ReadonlySet<ContactSnapshot["identityId"]>;

/** Any number of contacts, each with how far they are known. */
export function PickPeople({
  legend,
  people,
  chosen,
  onChange,
}: {
  readonly legend: string;
  readonly people: readonly ContactSnapshot[];
  readonly chosen: Chosen;
  readonly onChange: (chosen: Chosen) => void;
}) {
  const { t } = useWords();
  const toggle = (identityId: ContactSnapshot["identityId"], isIn: boolean): void => {
    const next = new Set(chosen);
    if (isIn) next.add(identityId);
    else next.delete(identityId);
    onChange(next);
  };
  return (
    <fieldset className="pick">
      <legend className="label">{legend}</legend>
      {people.length === 0 ? <p className="hint">{t("group.nobody")}</p> : undefined}
      {people.map((contact) => (
        <label key={contact.identityId} className="pick-line">
          <input
            type="checkbox"
            checked={chosen.has(contact.identityId)}
            onChange={({ currentTarget }) => toggle(contact.identityId, currentTarget.checked)}
          />
          <Avatar identityId={contact.identityId} name={contact.name} size="small" />
          <span className="grow">
            <Name name={contact.name} />
          </span>
          <TrustWord mark={trustMarkOf(contact)} />
        </label>
      ))}
    </fieldset>
  );
}
