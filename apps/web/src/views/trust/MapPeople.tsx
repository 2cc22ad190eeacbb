import { memo } from "react";
import type { Placed } from "../../model/trust-layout.ts";
import type { TrustMark } from "../../model/trust-mark.ts";
import { Avatar } from "../kit/Avatar.tsx";
import { Name } from "../kit/Name.tsx";
import { TrustWord } from "../kit/TrustWord.tsx";
import { useWords } from "../surroundings.ts";

export type MarkOf = (person: Placed["person"]) => TrustMark | undefined;

/** The map in words: the same people, nearest first, for those who do not see it or would rather read. */
export function MapPeople({
  people,
  chosen,
  markOf,
  onChoose,
}: {
  readonly people: readonly Placed[];
  readonly chosen: Placed | undefined;
  readonly markOf: MarkOf;
  readonly onChoose: (place: Placed | undefined) => void;
}) {
  const { t } = useWords();
  if (people.length === 0) return <p className="empty hint">{t("list.notFound")}</p>;
  return (
    <ul className="scroll map-people">
      {people.map((place) => (
        <li key={place.person.identityId}>
          <MapPerson
            place={place}
            mark={markOf(place.person)}
            isChosen={place.person.identityId === chosen?.person.identityId}
            onChoose={onChoose}
          />
        </li>
      ))}
    </ul>
  );
}

const MapPerson = memo(
  function MapPerson({
    place,
    mark,
    isChosen,
    onChoose,
  }: {
    readonly place: Placed;
    readonly mark: TrustMark | undefined;
    readonly isChosen: boolean;
    readonly onChoose: (place: Placed | undefined) => void;
  }) {
    const { t } = useWords();
    const { person, distance } = place;
    return (
      <button
        type="button"
        className="row map-row"
        aria-pressed={isChosen}
        onClick={() => onChoose(isChosen ? undefined : place)}
      >
        <Avatar identityId={person.identityId} name={person.name} />
        <span className="row-text">
          <span className="row-name">
            <Name name={person.name} />
          </span>
          {mark === undefined ? undefined : <TrustWord mark={mark} />}
          <span className="hint">
            {person.kind === "self"
              ? t("why.you")
              : distance === undefined
                ? t("map.apart")
                : person.rootAmount !== undefined
                  ? t("roots.one")
                  : distance === 1
                    ? t("map.direct")
                    : t("map.steps", { count: distance })}
          </span>
        </span>
      </button>
    );
  },
  // `onChoose` is new with every render and always does the same; a mark is made anew from the same facts
  (one, other) => one.place === other.place && one.isChosen === other.isChosen && isSameMark(one.mark, other.mark),
);

function isSameMark(one: TrustMark | undefined, other: TrustMark | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
