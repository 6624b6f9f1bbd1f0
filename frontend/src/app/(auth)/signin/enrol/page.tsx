import { redirect } from "next/navigation";
import { Doorway } from "@/components/brand/doorway";
import { env } from "@/env";
import { fill } from "@/lib/fill";
import { enrolPath, nextPath, SIGNIN_EXPIRED, secondStepPath, signinPath } from "@/lib/next-path";
import { heldSecondStep } from "@/session/second-step";
import { getViewer } from "@/session/viewer";
import { getWords } from "@/words/spoken";
import { titled } from "../../../titled";
import { EnrolForm } from "./form";

export const generateMetadata = titled((words) => words.enrol.title);

/** For an account without a second step, where the service requires one. Only in the browser that signs in. */
export default async function EnrolPage({ searchParams }: PageProps<"/signin/enrol">) {
  const next = nextPath((await searchParams).next);
  if ((await getViewer()).status === "signed-in") redirect(next);
  const step = await heldSecondStep();
  if (!step) redirect(signinPath(next, SIGNIN_EXPIRED));
  if (step.factors.length > 0) redirect(secondStepPath(next));
  const [withPasskey, withApp] = [step.enrol.includes("passkey"), step.enrol.includes("totp")];
  // Nothing that this page knows. The page of the code would lead back here.
  if (!withPasskey && !withApp) redirect(signinPath(next, SIGNIN_EXPIRED));

  const { enrol: words, authenticator } = await getWords();
  return (
    <Doorway title={words.title} lead={fill(words.lead, { app: env().appName })}>
      <EnrolForm
        next={next}
        withPasskey={withPasskey}
        withApp={withApp}
        again={enrolPath(next)}
        words={{ ...authenticator, ...words }}
      />
    </Doorway>
  );
}
