import { AccountUnavailable } from "@/components/account-unavailable";
import { requireUser } from "@/session/viewer";
import { getWords } from "@/words/spoken";
import { titled } from "../../titled";
import { Unconfirmed } from "../unconfirmed/banner";
import { DeletionCard } from "./deletion/card";
import { PasswordCard } from "./password/card";
import { HERE } from "./path";
import { SessionsCard } from "./sessions/card";

export const generateMetadata = titled((words) => words.security.title);

export default async function SecurityPage() {
  const viewer = await requireUser(HERE);
  if (viewer.status === "unavailable") return <AccountUnavailable refusal={viewer.refusal} path={HERE} />;

  const { security } = await getWords();
  return (
    <>
      <Unconfirmed profile={viewer.profile} page={HERE} />
      <h1 className="text-3xl leading-tight font-semibold tracking-[-0.03em]">{security.title}</h1>
      <p className="mt-1 text-soft">{security.lead}</p>

      <SessionsCard accessToken={viewer.accessToken} />
      <PasswordCard email={viewer.profile.email} name={viewer.profile.name ?? ""} />
      <DeletionCard email={viewer.profile.email} />
    </>
  );
}
