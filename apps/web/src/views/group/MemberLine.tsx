import type { ContactSnapshot, MemberSnapshot, PendingChange } from "@p2pcrypt/client";
import { trustMarkOf } from "../../model/trust-mark.ts";
import { shownName } from "../../text/printable.ts";
import { Avatar } from "../kit/Avatar.tsx";
import { Button } from "../kit/Button.tsx";
import { Name } from "../kit/Name.tsx";
import { TrustWord } from "../kit/TrustWord.tsx";
import { useWords } from "../surroundings.ts";

export interface MemberActions {
  readonly promote: (member: MemberSnapshot) => void;
  readonly demote: (member: MemberSnapshot) => void;
  readonly handOver: (member: MemberSnapshot) => void;
  readonly remove: (member: MemberSnapshot) => void;
}

/** One member with how far they are known, what they may do, and what an administrator may do about it. */
export function MemberLine({
  member,
  contact,
  pending,
  isOwnAdmin,
  actions,
}: {
  readonly member: MemberSnapshot;
  readonly contact: ContactSnapshot | undefined;
  readonly pending: PendingChange | undefined;
  readonly isOwnAdmin: boolean;
  readonly actions: MemberActions;
}) {
  const { t } = useWords();
  const { identityId, name, isAdmin, isSelf, deviceIds } = member;
  const said = [
    isSelf ? t("details.you") : "",
    isAdmin ? t("details.admin") : "",
    t("details.devices", { count: deviceIds.length }),
    pending === undefined ? "" : t("group.pending"),
  ].filter((word) => word !== "");
  return (
    <li className="person-line top">
      <Avatar identityId={identityId} name={name} size="small" />
      <div className="grow stack none">
        <Name name={name} />
        {isSelf ? undefined : <TrustWord mark={contact === undefined ? { kind: "unverified" } : trustMarkOf(contact)} />}
        <span className="hint">{said.join(" · ")}</span>
        {isOwnAdmin && !isSelf ? (
          <details className="more">
            <summary>{t("group.manage", { name: shownName(name) })}</summary>
            <div className="buttons">
              {isAdmin ? (
                <Button size="small" onPress={() => actions.demote(member)}>
                  {t("group.demote")}
                </Button>
              ) : (
                <>
                  <Button size="small" onPress={() => actions.promote(member)}>
                    {t("group.promote")}
                  </Button>
                  <Button size="small" onPress={() => actions.handOver(member)}>
                    {t("group.handOver")}
                  </Button>
                </>
              )}
              <Button size="small" look="quiet danger" onPress={() => actions.remove(member)}>
                {t("group.remove")}
              </Button>
            </div>
          </details>
        ) : undefined}
      </div>
    </li>
  );
}
