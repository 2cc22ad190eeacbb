import type { ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components/Button";

export interface ButtonProps {
  readonly children: ReactNode;
  readonly onPress?: (() => void) | undefined;
  readonly look?: "main" | "bad" | "quiet" | "quiet danger" | "plain";
  readonly size?: "small" | "wide" | "small start" | "wide start";
  readonly type?: "button" | "submit";
  readonly isDisabled?: boolean;
  readonly isPending?: boolean;
  /** For those who do not see what it stands beside. */
  readonly label?: string;
}

/** While something runs a press does nothing (see `useAct`) and the words say so: no need to disable, which would lose the focus. */
export function Button({
  children,
  onPress,
  look = "plain",
  size,
  type = "button",
  isPending = false,
  label,
  ...rest
}: ButtonProps) {
  return (
    <AriaButton
      className={`button ${look} ${size ?? ""} ${isPending ? "pending" : ""}`}
      type={type}
      {...(onPress === undefined ? {} : { onPress })}
      {...(label === undefined ? {} : { "aria-label": label })}
      {...rest}
    >
      {children}
    </AriaButton>
  );
}

/** A button that is a picture: its words are for those who do not see it. */
export function IconButton({
  label,
  icon,
  onPress,
  isDisabled = false,
  look = "",
  type = "button",
}: {
  readonly label: string;
  readonly icon: ReactNode;
  readonly onPress?: () => void;
  readonly isDisabled?: boolean;
  readonly look?: "main" | "";
  readonly type?: "button" | "submit";
}) {
  return (
    <AriaButton
      className={`button icon ${look}`}
      aria-label={label}
      type={type}
      isDisabled={isDisabled}
      {...(onPress === undefined ? {} : { onPress })}
    >
      {icon}
    </AriaButton>
  );
}
