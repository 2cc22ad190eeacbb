import type { ReactNode } from "react";

/** A screen with one thing on it. */
export function Solo({ children, isHero = false }: { readonly children: ReactNode; readonly isHero?: boolean }) {
  return (
    <main className={`solo ${isHero ? "hero" : ""}`}>
      <div className="solo-inside">{children}</div>
    </main>
  );
}
