import { useEffect, useState } from "react";

/** Dark on white in every theme: cameras want it so. The encoder comes when it is needed. */
export function Qr({ text, label }: { readonly text: string; readonly label: string }) {
  const [grid, setGrid] = useState<readonly (readonly boolean[])[]>([]);
  useEffect(() => {
    let isWanted = true;
    void import("qr").then(({ encodeQR }) => {
      if (isWanted) setGrid(encodeQR(text, "raw", { ecc: "medium", border: 2 }));
    });
    return () => {
      isWanted = false;
    };
  }, [text]);
  const size = grid.length;
  return (
    <div className="qr">
      <svg viewBox={`0 0 ${size || 1} ${size || 1}`} role="img" aria-label={label}>
        <path d={pathOf(grid)} fill="#000000" />
      </svg>
    </div>
  );
}

function pathOf(grid: readonly (readonly boolean[])[]): string {
  return grid.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join("");
}
