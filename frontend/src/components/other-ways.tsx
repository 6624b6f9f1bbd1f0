import { Below } from "@/components/ui/below";
import { TextLink } from "@/components/ui/text-link";
import type { SecondWay } from "@/lib/second-ways";
import { getWords } from "@/words/spoken";

interface OtherWaysProps {
  ways: readonly { readonly way: SecondWay; readonly href: string }[];
}

/** Below a form that asks for one proof: the others that this account has. */
export async function OtherWays({ ways }: OtherWaysProps) {
  const { secondStep: words } = await getWords();
  const labels = {
    passkey: words.usePasskeyInstead,
    app: words.useApp,
    "recovery-code": words.useRecovery,
  } as const satisfies Record<SecondWay, string>;
  if (ways.length === 0) return null;
  return (
    <Below>
      {ways.map(({ way, href }) => (
        <span key={way} className="block py-1">
          <TextLink href={href}>{labels[way]}</TextLink>
        </span>
      ))}
    </Below>
  );
}
