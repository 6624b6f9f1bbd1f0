/** How a person with a second factor proves who they are, and the addresses of the other ways. */

const ORDER = ["passkey", "app", "recovery-code"] as const;

export type SecondWay = (typeof ORDER)[number];

interface Ways {
  readonly shown: SecondWay | undefined;
  readonly others: readonly { readonly way: SecondWay; readonly href: string }[];
}

/** `has`: in the order in which they are offered. `chosen`: the value of `with` in the address `here`. */
export function waysOf(here: string, has: Readonly<Record<SecondWay, boolean>>, chosen: unknown): Ways {
  const there = ORDER.filter((way) => has[way]);
  const shown = there.find((way) => way === chosen) ?? there[0];
  const others = there.flatMap((way) =>
    way === shown ? [] : [{ way, href: way === there[0] ? here : `${here}&with=${way}` }],
  );
  return { shown, others };
}
