import type { ContactSnapshot } from "@p2pcrypt/client";
import { useWords } from "../surroundings.ts";

/** What tells two people of one name apart. Always there (I13). */
export function Fingerprints({ contact }: { readonly contact: Pick<ContactSnapshot, "fingerprint" | "identityId"> }) {
  const { t } = useWords();
  return (
    <section className="stack tight">
      <h3>{t("details.fingerprint")}</h3>
      <p className="code">{grouped(contact.fingerprint)}</p>
      <h3>{t("details.id")}</h3>
      <p className="code">{grouped(contact.identityId)}</p>
    </section>
  );
}

export function grouped(hex: string): string {
  return hex.match(/.{1,4}/g)?.join(" ") ?? "";
}
