import { env } from "@/env";
import { counted, fill } from "@/lib/fill";
import { getFactors, hasSecondFactor } from "@/session/factors";
import { getSpoken } from "@/words/spoken";
import { RecoveryCodesForm } from "./form";

/** With so few codes left, a person should make new ones. */
const FEW = 3;

/** How many codes are left, and the form that makes new ones. Missing without a second factor: the codes take its place. */
export async function RecoveryCodes({ accessToken, email }: { accessToken: string; email: string }) {
  const { data } = await getFactors(accessToken);
  if (!data || !hasSecondFactor(data)) return null;
  const { words, language } = await getSpoken();
  const { recoveryCodes, proof } = words;
  const left = data.recovery_codes_left;
  const standing =
    left === 0
      ? recoveryCodes.none
      : counted(left > FEW ? recoveryCodes.left : recoveryCodes.few, left, language);
  return (
    <RecoveryCodesForm
      standing={standing}
      isWarning={left <= FEW}
      hasSome={left > 0}
      fileHead={fill(recoveryCodes.fileHead, { account: email, app: env().appName })}
      words={{ ...recoveryCodes, proof }}
    />
  );
}
