import { AccountUnavailable } from "@/components/account-unavailable";
import { requireUser } from "@/session/viewer";
import { getWords } from "@/words/spoken";
import { titled } from "../../titled";
import { Unconfirmed } from "../unconfirmed/banner";
import { AuthenticatorCard } from "./authenticator/card";
import { DeletionCard } from "./deletion/card";
import { PendingReset } from "./factor-reset/banner";
import { PasskeysCard } from "./passkeys/card";
import { PasswordCard } from "./password/card";
import { HERE } from "./path";
import { RecoveryCodesCard } from "./recovery-codes/card";
import { RequiredSoon } from "./required-soon";
import { SessionsCard } from "./sessions/card";
import { TrustedDevicesCard } from "./trusted-devices/card";

export const generateMetadata = titled((words) => words.security.title);

export default async function SecurityPage() {
  const viewer = await requireUser(HERE);
  if (viewer.status === "unavailable") return <AccountUnavailable refusal={viewer.refusal} path={HERE} />;

  const { accessToken, profile } = viewer;
  const { email, name } = profile;
  const { security } = await getWords();
  return (
    <>
      <PendingReset accessToken={accessToken} />
      <RequiredSoon accessToken={accessToken} />
      <Unconfirmed profile={profile} page={HERE} />
      <h1 className="text-3xl leading-tight font-semibold tracking-[-0.03em]">{security.title}</h1>
      <p className="mt-1 text-soft">{security.lead}</p>

      <SessionsCard accessToken={accessToken} />
      <PasswordCard accessToken={accessToken} email={email} name={name ?? ""} />
      <PasskeysCard accessToken={accessToken} />
      <AuthenticatorCard accessToken={accessToken} />
      <RecoveryCodesCard accessToken={accessToken} email={email} />
      <TrustedDevicesCard accessToken={accessToken} />
      <DeletionCard accessToken={accessToken} email={email} />
    </>
  );
}
