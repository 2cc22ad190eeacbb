import type { MessageEntry } from "@p2pcrypt/client";
import {
  CheckCheck,
  Copy,
  Forward,
  History,
  Pencil,
  Pin,
  PinOff,
  Reply,
  Smile,
  SmilePlus,
  Star,
  StarOff,
  Trash2,
} from "lucide-react";
import { type ReactNode, useMemo } from "react";
import { Menu, MenuItem, MenuSection } from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";
import type { WordKey } from "../../words/catalogue.ts";
import { useWords } from "../surroundings.ts";

export type MenuAct =
  | "reply"
  | "copy"
  | "edit"
  | "versions"
  | "forward"
  | "pin"
  | "star"
  | "reactions"
  | "react"
  | "choose"
  | "delete";

const QUICK = ["👍", "❤️", "😂", "😮", "😢", "🙏"] as const;
const ICON = { size: 18, "aria-hidden": true } as const;

export interface MessageMenuProps {
  readonly entry: MessageEntry;
  readonly anchor: Element;
  /** Whether anything can be said in the conversation. */
  readonly isOpen: boolean;
  readonly onAct: (act: MenuAct) => void;
  readonly onReact: (emoji: string) => void;
  readonly onClose: () => void;
}

/** Everything that can be done with one message. */
export function MessageMenu({ entry, anchor, isOpen, onAct, onReact, onClose }: MessageMenuProps) {
  const { t } = useWords();
  const trigger = useMemo(() => ({ current: anchor }), [anchor]);
  const own = (entry.reactions ?? []).find((one) => one.isOwn)?.emoji;
  const isLogged = entry.number !== undefined;
  return (
    <Popover
      className="popover"
      aria-label={t("acts.menu")}
      triggerRef={trigger}
      isOpen
      onOpenChange={(isStillOpen) => (isStillOpen ? undefined : onClose())}
    >
      <Menu
        className="menu"
        aria-label={t("acts.menu")}
        autoFocus="first"
        onAction={(key) => {
          const emoji = QUICK.find((one) => one === key);
          onClose();
          if (emoji === undefined) onAct(key as MenuAct);
          else onReact(emoji);
        }}
      >
        {isOpen ? (
          <MenuSection className="menu-quick" aria-label={t("acts.react")}>
            {QUICK.map((emoji) => (
              <MenuItem
                key={emoji}
                id={emoji}
                className="menu-emoji"
                textValue={emoji}
                aria-label={emoji === own ? t("acts.unreact", { emoji }) : t("acts.reactWith", { emoji })}
                data-own={emoji === own}
              >
                {emoji}
              </MenuItem>
            ))}
          </MenuSection>
        ) : undefined}
        <MenuSection className="menu-acts" aria-label={t("acts.menu")}>
          {item("reply", "acts.reply", <Reply {...ICON} className="flips" />, isOpen)}
          {item("react", "acts.reactOther", <SmilePlus {...ICON} />, isOpen)}
          {item("reactions", "acts.whoReacted", <Smile {...ICON} />, (entry.reactions ?? []).length > 0)}
          {item("copy", "acts.copy", <Copy {...ICON} />, entry.kind === "text")}
          {item("edit", "acts.edit", <Pencil {...ICON} />, isOpen && entry.isOwn && entry.kind === "text")}
          {item("versions", "acts.versions", <History {...ICON} />, entry.kind === "text" && entry.editedAtMs !== undefined)}
          {item(
            "forward",
            "acts.forward",
            <Forward {...ICON} className="flips" />,
            isLogged && (entry.kind === "text" || entry.kind === "file"),
          )}
          {entry.isPinned === true
            ? item("pin", "acts.unpin", <PinOff {...ICON} />, isOpen)
            : item("pin", "acts.pin", <Pin {...ICON} />, isOpen)}
          {entry.isStarred === true
            ? item("star", "acts.unstar", <StarOff {...ICON} />, isLogged)
            : item("star", "acts.star", <Star {...ICON} />, isLogged)}
          {item("choose", "acts.choose", <CheckCheck {...ICON} />, isLogged)}
          {item("delete", "acts.delete", <Trash2 {...ICON} />, isLogged || (isOpen && entry.isOwn))}
        </MenuSection>
      </Menu>
    </Popover>
  );

  function item(id: MenuAct, title: Extract<WordKey, `acts.${string}`>, icon: ReactNode, isShown: boolean) {
    const text = t(title as "acts.reply");
    return isShown ? (
      <MenuItem id={id} className="menu-item" textValue={text}>
        {icon}
        {text}
      </MenuItem>
    ) : undefined;
  }
}
