import type { ContactSnapshot, ConversationSnapshot, MemberSnapshot } from "@p2pcrypt/client";
import { UserPlus } from "lucide-react";
import { type ReactNode, useState } from "react";
import { formatRoute } from "../../model/routes.ts";
import { hostOf } from "../../words/failures.ts";
import { Digits } from "../compare/Digits.tsx";
import { Button } from "../kit/Button.tsx";
import { Choice } from "../kit/Choice.tsx";
import { Field, Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";
import { ChoosePicture } from "./ChoosePicture.tsx";
import { type InvitationActions, Invitations } from "./Invitations.tsx";
import { MemberLine } from "./MemberLine.tsx";

export interface GroupActions extends InvitationActions {
  readonly rename: (name: string) => Promise<void>;
  /** @param file undefined: none any more */
  readonly setPicture: (file: File | undefined) => Promise<void>;
  readonly promote: (member: MemberSnapshot) => Promise<void>;
  readonly demote: (member: MemberSnapshot) => Promise<void>;
  readonly handOver: (member: MemberSnapshot) => Promise<void>;
  readonly remove: (member: MemberSnapshot) => Promise<void>;
  readonly leave: (successor?: MemberSnapshot) => Promise<void>;
}

/** Who is in a group, what each may do, and the ways out. Below the head that all details have. */
export function GroupDetails({
  group,
  contactOf,
  twins,
  nowMs,
  arrange,
  actions,
}: {
  readonly group: ConversationSnapshot;
  readonly contactOf: (identityId: MemberSnapshot["identityId"]) => ContactSnapshot | undefined;
  /** Whose names could be taken for another's. */
  readonly twins: ReadonlySet<string>;
  readonly nowMs: number;
  /** What is set for this conversation. */
  readonly arrange: ReactNode;
  readonly actions: GroupActions;
}) {
  const { t } = useWords();
  const act = useAct((run: () => Promise<void>) => run());
  const { id, members, ownRole, pending = [], state, code } = group;
  const isOwnAdmin = ownRole === "admin" && state === "active";
  return (
    <>
      <section className="stack tight">
        <h3>{t("details.members", { count: members.length })}</h3>
        <ul className="stack tight">
          {members.map((member) => (
            <MemberLine
              key={member.identityId}
              member={member}
              contact={member.isSelf ? undefined : contactOf(member.identityId)}
              pending={pending.find((change) => "identityId" in change && change.identityId === member.identityId)}
              isOwnAdmin={isOwnAdmin}
              actions={{
                promote: (one) => act.run(() => actions.promote(one)),
                demote: (one) => act.run(() => actions.demote(one)),
                handOver: (one) => act.run(() => actions.handOver(one)),
                remove: (one) => act.run(() => actions.remove(one)),
              }}
            />
          ))}
        </ul>
        <Problem text={act.error} />
        {isOwnAdmin ? (
          <a className="button" href={formatRoute({ kind: "groupAdd", id })}>
            <UserPlus size={18} aria-hidden />
            {t("group.add")}
          </a>
        ) : (
          <p className="hint">{t("group.notAdmin")}</p>
        )}
      </section>
      {isOwnAdmin ? (
        <Invitations invitations={group.invitations ?? []} knocks={group.knocks ?? []} {...{ twins, nowMs, actions }} />
      ) : undefined}
      {isOwnAdmin ? (
        <>
          <RenameGroup name={group.name} onRename={actions.rename} />
          <ChoosePicture
            hasPicture={group.picture !== undefined}
            isPending={pending.some(({ kind }) => kind === "picture")}
            onChoose={actions.setPicture}
          />
        </>
      ) : undefined}
      {code === undefined ? undefined : (
        <section className="stack tight">
          <h3>{t("details.code")}</h3>
          <Digits digits={code.digits} />
          <p className="hint">{t("group.codeHint")}</p>
        </section>
      )}
      <section className="stack tight">
        <h3>{t("details.node")}</h3>
        {group.nodeUrls.map((url) => (
          <p key={url} className="code">
            {hostOf(url)}
          </p>
        ))}
      </section>
      {arrange}
      {state === "active" ? <LeaveGroup group={group} onLeave={actions.leave} /> : undefined}
    </>
  );
}

function RenameGroup({ name, onRename }: { readonly name: string; readonly onRename: (name: string) => Promise<void> }) {
  const { t } = useWords();
  const [next, setNext] = useState(name);
  const rename = useAct(() => onRename(next));
  return (
    <form
      className="stack tight"
      onSubmit={(event) => {
        event.preventDefault();
        rename.run();
      }}
    >
      <Field label={t("group.name")} value={next} onChange={setNext} />
      <Problem text={rename.error} />
      <div className="buttons">
        <Button type="submit" size="small" isDisabled={next.trim() === "" || next === name} isPending={rename.isRunning}>
          {t("group.rename")}
        </Button>
      </div>
    </form>
  );
}

/** The last administrator says who goes on. */
function LeaveGroup({
  group,
  onLeave,
}: {
  readonly group: ConversationSnapshot;
  readonly onLeave: (successor?: MemberSnapshot) => Promise<void>;
}) {
  const { t } = useWords();
  const others = group.members.filter(({ isSelf }) => !isSelf);
  const isLastAdmin = group.ownRole === "admin" && !others.some(({ isAdmin }) => isAdmin) && others.length > 0;
  const [successorId, setSuccessorId] = useState<string>(others[0]?.identityId ?? "");
  const leave = useAct(() => onLeave(isLastAdmin ? others.find(({ identityId }) => identityId === successorId) : undefined));
  return (
    <section className="stack tight danger-zone">
      <h3>{t("details.danger")}</h3>
      {isLastAdmin ? (
        <Choice
          label={t("group.successor")}
          value={successorId}
          onChange={setSuccessorId}
          options={others.map(({ identityId, name }) => [identityId, name])}
        />
      ) : undefined}
      <Button size="wide" look="quiet danger" onPress={() => leave.run()} isPending={leave.isRunning}>
        {t("group.leave")}
      </Button>
      <Problem text={leave.error} />
      <p className="hint">{t("group.leaveMeans")}</p>
    </section>
  );
}
