import { getFactors, hasSecondFactor } from "@/session/factors";
import { getWords } from "@/words/spoken";
import { Part } from "../../part";
import { RecoveryCodes } from "./codes";

/** Missing without a second factor: the codes take its place. */
export async function RecoveryCodesCard({ accessToken, email }: { accessToken: string; email: string }) {
  const { data } = await getFactors(accessToken);
  if (!data || !hasSecondFactor(data)) return null;
  const { recoveryCodes } = await getWords();
  return (
    <Part id="recovery-codes" title={recoveryCodes.title} lead={recoveryCodes.lead}>
      <RecoveryCodes accessToken={accessToken} email={email} />
    </Part>
  );
}
