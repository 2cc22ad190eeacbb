import type { RootSnapshot } from "@p2pcrypt/client";
import { FileUp } from "lucide-react";
import { useState } from "react";
import { FileTrigger } from "react-aria-components/FileTrigger";
import { FULL_AMOUNT } from "../../model/trust-mark.ts";
import { shownName } from "../../text/printable.ts";
import { Avatar } from "../kit/Avatar.tsx";
import { Button } from "../kit/Button.tsx";
import { Problem } from "../kit/Field.tsx";
import { Name } from "../kit/Name.tsx";
import { useAct, useWords } from "../surroundings.ts";

export interface KeyringActions {
  readonly set: (identityId: RootSnapshot["person"]["identityId"], amount: number) => Promise<void>;
  /** @returns how many certificates were taken in. */
  readonly importKeyring: (bytes: Uint8Array) => Promise<number>;
  readonly suggest: (ownerTrust: string) => Promise<readonly RootSnapshot[]>;
}

/** Certificates and certifications from gpg. Its owner-trust is an offer: nobody becomes a root by a file. */
export function KeyringSection({ actions }: { readonly actions: KeyringActions }) {
  const { t, number } = useWords();
  const [count, setCount] = useState<number>();
  const [suggested, setSuggested] = useState<readonly RootSnapshot[]>();
  const [isEmpty, setEmpty] = useState(false);
  const read = useAct(async (files: readonly File[]) => {
    const contents = await Promise.all(files.map(async (file) => new Uint8Array(await file.arrayBuffer())));
    const ownerTrusts = contents.filter(isOwnerTrust);
    let taken = 0;
    for (const keyring of contents.filter((content) => !isOwnerTrust(content))) taken += await actions.importKeyring(keyring);
    if (ownerTrusts.length < contents.length) setCount(taken);
    if (ownerTrusts.length === 0) return;
    const found = await actions.suggest(ownerTrusts.map((one) => decoder.decode(one)).join("\n"));
    setSuggested(found);
    setEmpty(found.length === 0);
  });
  const make = useAct(async ({ person, amount }: RootSnapshot) => {
    await actions.set(person.identityId, amount);
    setSuggested((all) => all?.filter((one) => one.person.identityId !== person.identityId));
  });
  return (
    <section className="stack tight">
      <h2>{t("keyring.title")}</h2>
      <p className="hint">{t("keyring.line")}</p>
      <p className="code">gpg --export &gt; keyring.pgp</p>
      <p className="code">gpg --export-ownertrust &gt; ownertrust.txt</p>
      <div className="buttons">
        <FileTrigger allowsMultiple onSelect={(files) => files !== null && read.run([...files])}>
          <Button isPending={read.isRunning}>
            <FileUp size={18} aria-hidden />
            {t("keyring.choose")}
          </Button>
        </FileTrigger>
      </div>
      <div role="status" className="stack tight">
        {count === undefined ? undefined : <p>{t("keyring.taken", { count })}</p>}
        {isEmpty ? <p>{t("keyring.noneSuggested")}</p> : undefined}
        {suggested === undefined || suggested.length === 0 ? undefined : <p>{t("keyring.suggested")}</p>}
      </div>
      <ul className="stack tight">
        {suggested?.map((one) => (
          <li key={one.person.identityId} className="person-line">
            <Avatar identityId={one.person.identityId} name={one.person.name} />
            <span className="grow stack none">
              <Name name={one.person.name} />
              <span className="hint">{t("map.amount", { amount: number(one.amount), full: number(FULL_AMOUNT) })}</span>
            </span>
            <Button size="small" label={t("roots.makeOf", { name: shownName(one.person.name) })} onPress={() => make.run(one)}>
              {t("roots.make")}
            </Button>
          </li>
        ))}
      </ul>
      <Problem text={read.error ?? make.error} />
    </section>
  );
}

const decoder = new TextDecoder();

/** Text whose lines name fingerprints and a number: what gpg prints. A keyring is binary or begins with dashes. */
function isOwnerTrust(bytes: Uint8Array): boolean {
  return /^(#[^\n]*\n|\s*\n)*[0-9A-Fa-f]{40,64}:\d+:/.test(decoder.decode(bytes.subarray(0, 4_096)));
}
