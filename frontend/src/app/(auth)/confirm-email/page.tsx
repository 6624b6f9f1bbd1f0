import type { Metadata } from "next";
import { Doorway } from "@/components/brand/doorway";
import { Below } from "@/components/ui/below";
import { buttonLook } from "@/components/ui/button";
import { TextLink } from "@/components/ui/text-link";
import { Unavailable } from "@/components/unavailable";
import { signinPath } from "@/lib/next-path";
import { heldLink } from "@/session/mailed";
import { hasJust } from "@/session/notice";
import { getViewer } from "@/session/viewer";
import { NoLink } from "../no-link";
import { SignedInAs } from "../signed-in-as";
import { ConfirmChangeForm } from "./form";

const TITLE = "Confirm your new address";

export const metadata: Metadata = { title: TITLE };

export default async function ConfirmEmailPage({ searchParams }: PageProps<"/confirm-email">) {
  const { notice } = await searchParams;
  const [viewer, held] = [await getViewer(), await heldLink("confirm-email")];
  if (viewer.status === "unavailable") {
    return (
      <Doorway closed title="One moment" lead="Your address can't be changed right now.">
        <Unavailable refusal={viewer.refusal} path="/confirm-email" />
      </Doorway>
    );
  }
  if (viewer.status === "signed-in" && notice === "email-changed" && (await hasJust("email-changed"))) {
    return (
      <Doorway
        title="Address changed"
        lead={
          <>
            From now on you sign in with <bdi className="wrap-anywhere">{viewer.profile.email}</bdi>. All your
            other devices are signed out.
          </>
        }
      >
        <a href="/profile" className={buttonLook("solid", "w-full")}>
          Go to your profile
        </a>
      </Doorway>
    );
  }
  if (!held) {
    return (
      <NoLink title={TITLE}>
        The link does not work? <TextLink href="/profile">Ask for the change again</TextLink>
      </NoLink>
    );
  }
  if (viewer.status === "signed-out") {
    return (
      <Doorway title={TITLE} lead="Sign in first, with the address that your account has now.">
        <a href={signinPath("/confirm-email")} className={buttonLook("solid", "w-full")}>
          Sign in
        </a>
      </Doorway>
    );
  }
  return (
    <Doorway title={TITLE} lead="From then on you sign in with it. All your other devices are signed out.">
      <ConfirmChangeForm />
      <Below>
        The link does not work? <TextLink href="/profile">Ask for the change again</TextLink>
      </Below>
      <SignedInAs email={viewer.profile.email} />
    </Doorway>
  );
}
