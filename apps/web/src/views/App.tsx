// The page as a whole: its words and its theme, and the screen for the state that the boot is in.
import { Suspense, useEffect, useState, useSyncExternalStore } from "react";
import { I18nProvider } from "react-aria-components/I18nProvider";
import type { Boot, BootState } from "../boot/boot.ts";
import { groupTarget } from "../model/group-target.ts";
import { linkTarget } from "../model/link-target.ts";
import { Router } from "../model/router.ts";
import type { Platform } from "../platform/platform.ts";
import { isLanguage, languageOf, loadWords, type Words } from "../words/words.ts";
import { Locked } from "./boot/Locked.tsx";
import { EndedScreen, InsecureScreen, InUseScreen, type StandstillActions, UnsupportedScreen } from "./boot/Standstill.tsx";
import { Welcome } from "./boot/Welcome.tsx";
import { AddPage } from "./later.ts";
import { OpenApp } from "./OpenApp.tsx";
import { PlatformContext, useOwnModel, useSnapshot, useWords, WordsContext } from "./surroundings.ts";

export function App({ boot, platform }: { readonly boot: Boot; readonly platform: Platform }) {
  const subscribe = (listener: () => void): (() => void) => boot.subscribe(listener);
  const state = useSyncExternalStore(subscribe, () => boot.state());
  const theme = useSyncExternalStore(subscribe, () => boot.settings().theme);
  const wanted = useSyncExternalStore(subscribe, () => boot.settings().language);
  const language = isLanguage(wanted) ? wanted : languageOf(platform.languages);
  const [words, setWords] = useState<Words>();
  useEffect(() => {
    let isWanted = true;
    void loadWords(language).then((loaded) => {
      if (isWanted) setWords(loaded);
    });
    return () => {
      isWanted = false;
    };
  }, [language]);
  useEffect(() => {
    if (words !== undefined) platform.dress({ theme, language: words.language, direction: words.direction });
  }, [platform, theme, words]);
  const router = useOwnModel(() => new Router(platform.place), platform);
  if (words === undefined || router === undefined) return undefined;
  return (
    <I18nProvider locale={words.language}>
      <WordsContext value={words}>
        <PlatformContext value={platform}>
          <Suspense>
            <Screen state={state} boot={boot} platform={platform} router={router} />
          </Suspense>
        </PlatformContext>
      </WordsContext>
    </I18nProvider>
  );
}

interface ScreenProps {
  readonly state: BootState;
  readonly boot: Boot;
  readonly platform: Platform;
  readonly router: Router;
}

function Screen({ state, boot, platform, router }: ScreenProps) {
  const { t } = useWords();
  /** After an end, the way back in. */
  const [restart, setRestart] = useState<{ readonly with: "start" | "import"; readonly after: BootState }>();
  const actions: StandstillActions = {
    useHere: () => boot.takeOver(),
    reload: () => platform.reload(),
    startOver: () => setRestart({ with: "start", after: state }),
    restore: () => setRestart({ with: "import", after: state }),
    discard: () => boot.discard(),
  };
  switch (state.kind) {
    case "loading":
      return (
        <p className="loading slow" role="status">
          {t("app.loading")}
        </p>
      );
    case "insecureContext":
      return <InsecureScreen />;
    case "unsupported":
      return <UnsupportedScreen missing={state.missing} />;
    case "inUse":
      return <InUseScreen actions={actions} />;
    case "fresh":
      return <Fresh boot={boot} router={router} beginsWith="start" />;
    case "locked":
      return <Locked onUnlock={(passphrase) => boot.unlock(passphrase)} />;
    case "open":
      return <OpenApp boot={boot} client={state.client} platform={platform} router={router} />;
    case "ended":
      return restart?.after !== state ? (
        <EndedScreen reason={state.reason} actions={actions} />
      ) : (
        <Fresh boot={boot} router={router} beginsWith={restart.with} />
      );
  }
}

function Fresh({
  boot,
  router,
  beginsWith,
}: {
  readonly boot: Boot;
  readonly router: Router;
  readonly beginsWith: "start" | "import";
}) {
  const route = useSnapshot(router);
  const [ownNode, setOwnNode] = useState<string>();
  useEffect(() => {
    let isWanted = true;
    void boot.proposedHomeNode().then((url) => {
      if (isWanted) setOwnNode(url);
    });
    return () => {
      isWanted = false;
    };
  }, [boot]);
  if (route.kind === "add") {
    return (
      <main className="alone">
        <AddPage onLink={(link) => router.go({ kind: "landing", link })} />
      </main>
    );
  }
  const link = route.kind === "landing" || route.kind === "root" ? route.link : undefined;
  const group = link === undefined ? undefined : groupTarget(link);
  const target = link === undefined || group !== undefined ? undefined : (linkTarget(link) ?? null);
  const linkingCode = route.kind === "link" ? route.code : undefined;
  return (
    <Welcome
      // A link that is opened in the middle of another step shows whom it names.
      key={link ?? linkingCode ?? ""}
      target={target}
      group={group}
      ownNode={ownNode}
      beginsWith={linkingCode === undefined ? beginsWith : "import"}
      linkingCode={linkingCode}
      actions={{
        create: async (name, homeNodeUrl) => void (await boot.create({ name, homeNodeUrl })),
        importBackup: (backup) => boot.importBackup(backup),
        importOpenPgp: (key) => boot.importOpenPgp(key),
        importRecovery: (recovery) => boot.importRecovery(recovery),
        link: (linking) => boot.link(linking),
        cancelJoining: () => boot.cancelJoining(),
        openLink: () => router.go({ kind: "add" }),
      }}
    />
  );
}
