import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Input } from "react-aria-components/Input";
import { Label } from "react-aria-components/Label";
import { Text } from "react-aria-components/Text";
import { TextArea } from "react-aria-components/TextArea";
import { TextField } from "react-aria-components/TextField";

export interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  readonly type?: "text" | "password" | "url" | "search";
  readonly autoFocus?: boolean;
  readonly autoComplete?: string;
  readonly rows?: number;
  /** Codes and addresses run left to right in every language. */
  readonly isCode?: boolean;
}

/** `autoComplete` is off unless said otherwise: what a browser completes, it stores in the clear (W4). */
export function Field({
  label,
  value,
  onChange,
  hint,
  error,
  type = "text",
  autoFocus = false,
  autoComplete = "off",
  rows,
  isCode = false,
}: FieldProps) {
  const direction = isCode ? ("ltr" as const) : ("auto" as const);
  return (
    <TextField
      className="field"
      value={value}
      onChange={onChange}
      type={type}
      autoFocus={autoFocus}
      autoComplete={autoComplete}
      isInvalid={error !== undefined}
      // An error is said, and does not keep the form from being sent again once it was mended.
      validationBehavior="aria"
    >
      <Label>{label}</Label>
      {rows === undefined ? (
        <Input dir={direction} spellCheck={!isCode} />
      ) : (
        <TextArea dir={direction} rows={rows} spellCheck={!isCode} />
      )}
      {hint === undefined ? undefined : (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <Problem text={error} />
    </TextField>
  );
}

/** What went wrong, said aloud. */
export function Problem({ text }: { readonly text: string | undefined }) {
  return (
    <div role="alert">
      {text === undefined ? undefined : (
        <p className="error">
          <CircleAlert size={16} aria-hidden />
          <span>{text}</span>
        </p>
      )}
    </div>
  );
}
