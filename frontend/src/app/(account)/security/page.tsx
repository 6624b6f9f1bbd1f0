import { getService } from "@/api/service";
import { AccountUnavailable } from "@/components/account-unavailable";
import { Block, LoadingText } from "@/components/loading/blocks";
import { Patiently } from "@/components/loading/patiently";
import { getSessions, getTrustedDevices } from "@/session/devices";
import { getFactors } from "@/session/factors";
import { requireUser } from "@/session/viewer";
import { getWords } from "@/words/spoken";
import { titled } from "../../titled";
import { Part } from "../part";
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

export default async function SecurityPage({ searchParams }: PageProps<"/security">) {
  const viewer = await requireUser(HERE);
  if (viewer.status === "unavailable") return <AccountUnavailable refusal={viewer.refusal} path={HERE} />;

  const { accessToken, profile } = viewer;
  const { email, name } = profile;
  const asked = [
    getFactors(accessToken),
    getSessions(accessToken),
    getTrustedDevices(accessToken),
    getService(),
  ];
  return (
    <Patiently until={Promise.all(asked)} path={HERE} query={await searchParams} shown={<Loading />}>
      <PendingReset accessToken={accessToken} />
      <RequiredSoon accessToken={accessToken} />
      <Unconfirmed profile={profile} page={HERE} />
      <Heading />

      <SessionsCard accessToken={accessToken} />
      <PasswordCard accessToken={accessToken} email={email} name={name ?? ""} />
      <PasskeysCard accessToken={accessToken} />
      <AuthenticatorCard accessToken={accessToken} />
      <RecoveryCodesCard accessToken={accessToken} email={email} />
      <TrustedDevicesCard accessToken={accessToken} />
      <DeletionCard accessToken={accessToken} email={email} />
    </Patiently>
  );
}

async function Heading() {
  const { security } = await getWords();
  return (
    <>
      <h1 className="text-3xl leading-tight font-semibold tracking-[-0.03em]">{security.title}</h1>
      <p className="mt-1 text-soft">{security.lead}</p>
    </>
  );
}

/** The first card, and room for the others: so what comes moves nothing that a person sees. */
async function Loading() {
  const { devices } = await getWords();
  return (
    <div className="min-h-dvh">
      <Heading />
      <Part title={devices.title} lead={devices.lead}>
        <div className="grid gap-3">
          <LoadingText className="text-sm text-soft" />
          <Block className="h-[5.125rem]" />
        </div>
      </Part>
    </div>
  );
}
