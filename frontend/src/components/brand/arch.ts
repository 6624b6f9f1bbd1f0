/** The stones of a round arch, as SVG paths: wedges between two radii, from the left foot to the right. */

interface Arch {
  readonly x: number;
  readonly y: number;
  readonly inner: number;
  readonly outer: number;
  readonly stones: number;
  /** How far the keystone stands out above its neighbours. */
  readonly keystone: number;
}

export function archStones({ x, y, inner, outer, stones, keystone }: Arch): string[] {
  const at = (radius: number, step: number) => {
    const angle = Math.PI * (1 - step / stones);
    return `${(x + radius * Math.cos(angle)).toFixed(2)} ${(y - radius * Math.sin(angle)).toFixed(2)}`;
  };
  return Array.from({ length: stones }, (_, stone) => {
    const rim = stone === (stones - 1) / 2 ? outer + keystone : outer;
    return (
      `M${at(inner, stone)}L${at(rim, stone)}A${rim} ${rim} 0 0 1 ${at(rim, stone + 1)}` +
      `L${at(inner, stone + 1)}A${inner} ${inner} 0 0 0 ${at(inner, stone)}Z`
    );
  });
}
