import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { usePlatform, useWords } from "../surroundings.ts";
import { Button, type ButtonProps } from "./Button.tsx";

const SAID_MS = 2_000;

export function CopyButton({
  text,
  label,
  ...rest
}: { readonly text: string; readonly label: string } & Pick<ButtonProps, "look" | "size">) {
  const { t } = useWords();
  const { copy, after } = usePlatform();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => (isCopied ? after(SAID_MS, () => setCopied(false)) : undefined), [isCopied, after]);
  return (
    <Button {...rest} onPress={() => void copy(text).then(setCopied)}>
      {isCopied ? <Check size={18} aria-hidden /> : <Copy size={18} aria-hidden />}
      <span aria-live="polite">{isCopied ? t("app.copied") : label}</span>
    </Button>
  );
}
