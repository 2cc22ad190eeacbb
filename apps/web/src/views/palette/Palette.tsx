import { Search } from "lucide-react";
import { useState } from "react";
import { COMMANDS, type CommandId, type Situation, shortcutKeys } from "../../model/commands.ts";
import type { RosterRow } from "../../model/roster.ts";
import type { Route } from "../../model/routes.ts";
import { shownName } from "../../text/printable.ts";
import { Avatar } from "../kit/Avatar.tsx";
import { Dialog } from "../kit/Dialog.tsx";
import { Name } from "../kit/Name.tsx";
import { useWords } from "../surroundings.ts";

export interface PaletteProps {
  readonly situation: Situation;
  readonly rows: readonly RosterRow[];
  readonly isMac: boolean;
  readonly onCommand: (id: CommandId) => void;
  readonly onGo: (route: Route) => void;
  readonly onClose: () => void;
}

const MAX_PEOPLE = 6;

/** Commands and people, found by a few letters. Arrows choose, Enter does it. */
export function Palette({ situation, rows, isMac, onCommand, onGo, onClose }: PaletteProps) {
  const { t } = useWords();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const wanted = query.trim().toLowerCase();
  const commands = COMMANDS.filter((command) => command.id !== "palette" && command.isEnabled(situation))
    .map((command) => ({ kind: "command" as const, key: command.id as string, title: t(command.title), command }))
    .filter(({ title }) => title.toLowerCase().includes(wanted));
  const people = rows
    .filter(({ name }) => wanted !== "" && shownName(name).toLowerCase().includes(wanted))
    .slice(0, MAX_PEOPLE)
    .map((row) => ({ kind: "person" as const, key: row.key, row }));
  const options = [...people, ...commands];
  const chosen = options[Math.min(at, options.length - 1)];
  const run = (option: (typeof options)[number] | undefined): void => {
    if (option === undefined) return;
    onClose();
    if (option.kind === "person") onGo(option.row.route);
    else onCommand(option.command.id);
  };
  return (
    <Dialog title={t("palette.title")} onClose={onClose}>
      <div className="search">
        <Search size={16} aria-hidden />
        <input
          // whoever calls the palette writes into it
          autoFocus
          type="search"
          role="combobox"
          aria-label={t("palette.search")}
          placeholder={t("palette.search")}
          aria-expanded
          aria-controls="palette-list"
          aria-activedescendant={chosen === undefined ? undefined : `palette-${chosen.key}`}
          autoComplete="off"
          value={query}
          onChange={(event) => {
            setQuery(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter") run(chosen);
            const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
            if (step === 0) return;
            event.preventDefault();
            setAt((Math.min(at, options.length - 1) + step + options.length) % Math.max(1, options.length));
          }}
        />
      </div>
      <div id="palette-list" className="palette-list" role="listbox" aria-label={t("palette.title")}>
        {options.map((option, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field above, which keeps the focus
          // biome-ignore lint/a11y/useFocusableInteractive: see above
          <div
            key={option.key}
            id={`palette-${option.key}`}
            role="option"
            aria-selected={option === chosen}
            className="item"
            data-focused={option === chosen ? true : undefined}
            onPointerMove={() => setAt(index)}
            onClick={() => run(option)}
          >
            {option.kind === "person" ? (
              <>
                <Avatar
                  identityId={option.row.identityId}
                  name={option.row.name}
                  size="small"
                  picture={option.row.picture}
                  groupId={option.row.key}
                />
                <span className="grow">
                  <Name name={option.row.name} />
                </span>
              </>
            ) : (
              <>
                <span className="grow">{option.title}</span>
                {option.command.shortcut === undefined ? undefined : <Keys shortcut={option.command.shortcut} isMac={isMac} />}
              </>
            )}
          </div>
        ))}
      </div>
      {options.length === 0 ? <p className="hint">{t("palette.none")}</p> : undefined}
    </Dialog>
  );
}

export function Keys({ shortcut, isMac }: { readonly shortcut: string; readonly isMac: boolean }) {
  return (
    <span className="keys" dir="ltr">
      {shortcutKeys(shortcut, isMac).map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  );
}
