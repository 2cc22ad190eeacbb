import { lazy, type ReactNode, Suspense } from "react";

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export const loadDialog = () => import("./ModalDialog.tsx");
const ModalDialog = lazy(async () => ({ default: (await loadDialog()).ModalDialog }));

/** Over everything, one at a time, closed by Escape or a press outside. Nothing of it is needed at the first sight. */
export function Dialog(props: DialogProps) {
  return (
    <Suspense>
      <ModalDialog {...props} />
    </Suspense>
  );
}
