import { useState } from "react";
import { FULL_AMOUNT } from "../../model/trust-mark.ts";
import { byteOf } from "../../model/vouch-terms.ts";
import { Choice } from "../kit/Choice.tsx";
import { Field } from "../kit/Field.tsx";
import { useWords } from "../surroundings.ts";

type Grade = "full" | "half" | "other";

const HALF = FULL_AMOUNT / 2;

/** How much a root counts: two plain choices, and a number for those who want another. */
export function AmountChoice({ text, onChange }: { readonly text: string; readonly onChange: (text: string) => void }) {
  const { t } = useWords();
  const [isOther, setOther] = useState(gradeOf(text) === "other");
  const choose = (grade: Grade): void => {
    setOther(grade === "other");
    if (grade !== "other") onChange(String(grade === "full" ? FULL_AMOUNT : HALF));
  };
  return (
    <>
      <Choice
        label={t("vouch.amount")}
        value={isOther ? "other" : gradeOf(text)}
        onChange={choose}
        options={[
          ["full", t("roots.full")],
          ["half", t("roots.half")],
          ["other", t("roots.other")],
        ]}
      />
      {isOther ? (
        <Field
          label={t("roots.number")}
          hint={t("vouch.amountHint")}
          value={text}
          onChange={onChange}
          error={byteOf(text) === undefined ? t("vouch.badNumber") : undefined}
          isCode
        />
      ) : undefined}
    </>
  );
}

function gradeOf(text: string): Grade {
  return text === String(FULL_AMOUNT) ? "full" : text === String(HALF) ? "half" : "other";
}
