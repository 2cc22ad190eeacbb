// What every view may use without being handed it: words and the page. And how a view holds a view model.
import type { ConversationId } from "@p2pcrypt/client";
import { createContext, useCallback, useContext, useLayoutEffect, useState, useSyncExternalStore } from "react";
import type { Readable } from "../model/model.ts";
import type { Platform } from "../platform/platform.ts";
import { sentenceOf } from "../words/failures.ts";
import type { Words } from "../words/words.ts";

export const WordsContext = createContext<Words | undefined>(undefined);
export const PlatformContext = createContext<Platform | undefined>(undefined);

/** Where bytes of a group's picture come from; the same for one client. */
export type PictureSource = (id: ConversationId) => Promise<Uint8Array | undefined>;
export const PictureContext = createContext<PictureSource | undefined>(undefined);

export function useWords(): Words {
  return given(useContext(WordsContext));
}

export function usePlatform(): Platform {
  return given(useContext(PlatformContext));
}

export function usePictures(): PictureSource {
  return given(useContext(PictureContext));
}

function given<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new TypeError("a view outside of its surroundings");
  return value;
}

export function useSnapshot<Snapshot>(model: Readable<Snapshot>): Snapshot {
  return useSyncExternalStore(model.subscribe, model.getSnapshot);
}

/** A view model that lives as long as the view stands for the same thing. Undefined only before the first layout. */
export function useOwnModel<Owned extends { dispose(): void }>(create: () => Owned, of: unknown): Owned | undefined {
  const [held, setHeld] = useState<{ readonly model: Owned; readonly of: unknown }>();
  // `of` says what the model is for; `create` is new with every render
  useLayoutEffect(() => {
    const model = create();
    setHeld({ model, of });
    return () => model.dispose();
  }, [of]);
  return held !== undefined && Object.is(held.of, of) ? held.model : undefined;
}

export interface Act<Args extends readonly unknown[]> {
  readonly run: (...args: Args) => void;
  readonly isRunning: boolean;
  /** Why the last run failed, in words. */
  readonly error: string | undefined;
  readonly clear: () => void;
}

/** Something that takes a moment and can fail. A second press while it runs does nothing. */
export function useAct<Args extends readonly unknown[]>(act: (...args: Args) => Promise<unknown>): Act<Args> {
  const words = useWords();
  const [state, setState] = useState<{ readonly isRunning: boolean; readonly error?: unknown }>({ isRunning: false });
  const run = (...args: Args): void => {
    if (state.isRunning) return;
    setState({ isRunning: true });
    act(...args).then(
      () => setState({ isRunning: false }),
      (error: unknown) => setState({ isRunning: false, error }),
    );
  };
  const clear = useCallback(() => setState({ isRunning: false }), []);
  return {
    run,
    isRunning: state.isRunning,
    error: state.error === undefined ? undefined : sentenceOf(words, state.error),
    clear,
  };
}
