// A pattern from an identity id: two tones of a hue and a shape in each quarter. Dark enough for white letters.

export interface AvatarPattern {
  readonly ground: string;
  readonly figure: string;
  readonly shapes: readonly string[];
}

const HUES = [248, 268, 292, 325, 350, 12, 28, 150, 168, 188, 206, 226] as const;
const QUARTERS = [
  [0, 0],
  [24, 0],
  [0, 24],
  [24, 24],
] as const;

export function avatarOf(identityId: string): AvatarPattern {
  const byte = (at: number): number => Number.parseInt(identityId.slice(at * 2, at * 2 + 2), 16) || 0;
  const hue = HUES[byte(0) % HUES.length] ?? 248;
  const turn = [0, 14, -14][byte(1) % 3] ?? 0;
  return {
    ground: `hsl(${hue} 46% 38%)`,
    figure: `hsl(${hue + turn} 50% 31%)`,
    shapes: QUARTERS.map(([x, y], at) => shapeIn(byte(2 + at) % 8, x, y)).filter((path) => path !== ""),
  };
}

function shapeIn(shape: number, x: number, y: number): string {
  const [r, b] = [x + 24, y + 24];
  switch (shape) {
    case 0:
      return `M${x} ${y}H${r}A24 24 0 0 1 ${x} ${b}Z`;
    case 1:
      return `M${r} ${y}V${b}A24 24 0 0 1 ${x} ${y}Z`;
    case 2:
      return `M${r} ${b}H${x}A24 24 0 0 1 ${r} ${y}Z`;
    case 3:
      return `M${x} ${b}V${y}A24 24 0 0 1 ${r} ${b}Z`;
    case 4:
      return `M${x} ${y}H${r}L${x} ${b}Z`;
    case 5:
      return `M${r} ${b}H${x}L${r} ${y}Z`;
    case 6:
      return `M${x + 12} ${y}L${r} ${y + 12}L${x + 12} ${b}L${x} ${y + 12}Z`;
    default:
      return "";
  }
}
