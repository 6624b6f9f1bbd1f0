import type { Metadata } from "next";
import { AccountUnavailable } from "@/components/account-unavailable";
import { requireUser } from "@/session/viewer";
import { Unconfirmed } from "../unconfirmed/banner";
import { DeletionCard } from "./deletion/card";
import { PasswordCard } from "./password/card";
import { HERE } from "./path";
import { SessionsCard } from "./sessions/card";

export const metadata: Metadata = { title: "Security" };

export default async function SecurityPage() {
  const viewer = await requireUser(HERE);
  if (viewer.status === "unavailable") return <AccountUnavailable refusal={viewer.refusal} path={HERE} />;

  return (
    <>
      <Unconfirmed profile={viewer.profile} page={HERE} />
      <h1 className="text-3xl leading-tight font-semibold tracking-[-0.03em]">Security</h1>
      <p className="mt-1 text-soft">Your devices, your password and your account.</p>

      <SessionsCard accessToken={viewer.accessToken} />
      <PasswordCard email={viewer.profile.email} name={viewer.profile.name ?? ""} />
      <DeletionCard email={viewer.profile.email} />
    </>
  );
}
