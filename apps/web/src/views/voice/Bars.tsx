const STEP = 3;
const HEIGHT = 32;

/** How loud something is, part by part. `done`: how much of it is over, 0 to 1. */
export function Bars({ heights, done }: { readonly heights: readonly number[]; readonly done: number }) {
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: hidden from those who do not see it, who have the time in words
    <svg className="bars" viewBox={`0 0 ${heights.length * STEP} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden>
      {heights.map((height, at) => {
        const tall = Math.max(2, height * HEIGHT);
        return (
          <rect
            key={at}
            className={(at + 0.5) / heights.length <= done ? "over" : ""}
            x={at * STEP}
            y={(HEIGHT - tall) / 2}
            width={2}
            height={tall}
            rx={1}
          />
        );
      })}
    </svg>
  );
}
