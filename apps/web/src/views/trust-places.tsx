// Places of the web of trust, wired: vouching, introducing, and what a person's details say of it. Fetched when they are wanted.
import type { Client, ContactSnapshot } from "@p2pcrypt/client";
import { Person } from "../model/person.ts";
import { Vouching } from "../model/vouching.ts";
import type { Workspace } from "../model/workspace.ts";
import { shownName } from "../text/printable.ts";
import type { IdentityId, PlaceProps } from "./places.tsx";
import { useOwnModel, useSnapshot, useWords } from "./surroundings.ts";
import { IntroducePage } from "./trust/IntroducePage.tsx";
import { PersonTrust } from "./trust/PersonTrust.tsx";
import { VouchPage } from "./trust/VouchPage.tsx";

type PersonPlaceProps = PlaceProps & { readonly identityId: IdentityId };

export function VouchPlace(props: PersonPlaceProps) {
  const { workspace, identityId } = props;
  const person = useOwnModel(() => new Person(workspace.client, identityId), identityId);
  return person === undefined ? undefined : <VouchHeld {...props} person={person} />;
}

function VouchHeld({ workspace, platform, router, person }: PersonPlaceProps & { readonly person: Person }) {
  const { t } = useWords();
  const { contact } = useSnapshot(person);
  if (contact === undefined) return <p className="empty hint">{t("chat.notFound")}</p>;
  return (
    <VouchPage
      contact={contact}
      nowMs={platform.nowMs()}
      onVouch={async (terms) => {
        await workspace.client.trust.certify(contact.identityId, terms);
        workspace.toasts.say(t("vouch.done", { name: shownName(contact.name) }));
        goToDetails(router, contact);
      }}
    />
  );
}

export function IntroducePlace({ workspace, router, identityId }: PersonPlaceProps) {
  const { t } = useWords();
  useSnapshot(workspace.roster); // everybody who is known changes with it
  const { client } = workspace;
  const contact = client.contacts.get(identityId);
  if (contact === undefined) return <p className="empty hint">{t("chat.notFound")}</p>;
  const others = client.contacts.list().filter((one) => one.identityId !== identityId && canReach(client, one));
  return (
    <IntroducePage
      contact={contact}
      others={others.sort((a, b) => a.name.localeCompare(b.name))}
      onIntroduce={async (other) => {
        await client.trust.introduce(identityId, other.identityId);
        workspace.toasts.say(t("introduce.done", { name: shownName(contact.name), other: shownName(other.name) }));
        goToDetails(router, contact);
      }}
    />
  );
}

export function PersonTrustPlace(props: PersonTrustProps) {
  const { workspace, identityId } = props;
  const vouching = useOwnModel(() => new Vouching(workspace.client, identityId), identityId);
  return vouching === undefined ? undefined : <PersonTrustHeld {...props} vouching={vouching} />;
}

interface PersonTrustProps {
  readonly workspace: Workspace;
  readonly identityId: IdentityId;
  readonly nowMs: number;
}

function PersonTrustHeld({ workspace, identityId, nowMs, vouching }: PersonTrustProps & { readonly vouching: Vouching }) {
  const { t } = useWords();
  const snapshot = useSnapshot(vouching);
  const { client, toasts } = workspace;
  const { trust } = client;
  const { contact } = snapshot;
  const name = shownName(contact?.name ?? "");
  const shared = (): void => toasts.say(t("share.done", { name }));
  return (
    <PersonTrust
      vouching={snapshot}
      selfId={client.account.snapshot().identityId}
      nowMs={nowMs}
      canReach={contact !== undefined && canReach(client, contact)}
      actions={{
        takeBack: async () => {
          const before = contact?.certification;
          await trust.revoke(identityId);
          toasts.say(
            t("vouched.tookBack", { name }),
            before === undefined ? undefined : () => void trust.certify(identityId, termsAgain(before)),
          );
        },
        share: () => trust.share(identityId).then(shared),
        setRoot: async (amount) => {
          await trust.setRoot(identityId, amount);
          await vouching.refresh();
        },
        setSharing: (isOn) => trust.setSharing(identityId, isOn).then(isOn ? shared : undefined),
      }}
    />
  );
}

function termsAgain({ madeAtMs: _, ...terms }: NonNullable<ContactSnapshot["certification"]>) {
  return terms;
}

function canReach({ conversations }: Client, { state, conversationId }: ContactSnapshot): boolean {
  return state === "accepted" && conversationId !== undefined && conversations.get(conversationId)?.state === "active";
}

function goToDetails(router: PlaceProps["router"], { conversationId, identityId }: ContactSnapshot): void {
  router.go(
    conversationId === undefined ? { kind: "person", identityId } : { kind: "conversation", id: conversationId, details: true },
  );
}
