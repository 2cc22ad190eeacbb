// Why a file did not arrive, in words.
import type { TransferSnapshot } from "@p2pcrypt/client";
import { reasonOf } from "./failures.ts";
import type { Words } from "./words.ts";

export function transferProblem(words: Words, { code, reason = "" }: NonNullable<TransferSnapshot["failure"]>): string {
  const { t } = words;
  switch (code) {
    case "transfer/refused":
      return t("file.refused", { reason: reasonOf(words, reason) });
    default:
      return t(`file.${code.slice("transfer/".length) as Exclude<Suffix<typeof code>, "refused">}`);
  }
}

type Suffix<Code extends string> = Code extends `transfer/${infer Rest}` ? Rest : never;
