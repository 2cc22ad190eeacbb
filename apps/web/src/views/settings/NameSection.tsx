import type { SelfSnapshot } from "@p2pcrypt/client";
import { useState } from "react";
import { Fingerprints } from "../details/Fingerprints.tsx";
import { Avatar } from "../kit/Avatar.tsx";
import { Button } from "../kit/Button.tsx";
import { Field } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";

export function NameSection({
  self,
  hindrance,
  onRename,
}: {
  readonly self: SelfSnapshot;
  /** Why the name cannot be changed here. */
  readonly hindrance: string | undefined;
  readonly onRename: (name: string) => Promise<void>;
}) {
  const { t } = useWords();
  const [name, setName] = useState(self.name);
  const rename = useAct(() => onRename(name.trim()));
  return (
    <section className="stack">
      <h2>{t("settings.me")}</h2>
      <form
        className="line wrap bottom"
        onSubmit={(event) => {
          event.preventDefault();
          rename.run();
        }}
      >
        <Avatar identityId={self.identityId} name={self.name} />
        <div className="grow">
          <Field label={t("settings.name")} value={name} onChange={setName} hint={hindrance} error={rename.error} />
        </div>
        <Button
          type="submit"
          isDisabled={hindrance !== undefined || name.trim() === "" || name.trim() === self.name}
          isPending={rename.isRunning}
        >
          {t("settings.rename")}
        </Button>
      </form>
      <Fingerprints contact={self} />
    </section>
  );
}
