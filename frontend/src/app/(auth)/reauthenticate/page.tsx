import type { Metadata } from "next";
import { Doorway } from "@/components/brand/doorway";
import { Unavailable } from "@/components/unavailable";
import { nextPath } from "@/lib/next-path";
import { requireUser } from "@/session/viewer";
import { ReauthenticateForm } from "./form";
import { here } from "./path";

const TITLE = "Confirm that it is you";

export const metadata: Metadata = { title: TITLE };

/** Where an app sends somebody whose last proof of who they are is too old for what they want to do. */
export default async function ReauthenticatePage({ searchParams }: PageProps<"/reauthenticate">) {
  const next = nextPath((await searchParams).next);
  const viewer = await requireUser(here(next));
  if (viewer.status === "unavailable") {
    return (
      <Doorway closed title="One moment" lead="Your password can't be checked right now.">
        <Unavailable refusal={viewer.refusal} path={here(next)} />
      </Doorway>
    );
  }
  return (
    <Doorway title={TITLE} lead="Enter your password, and we'll take you where you were going.">
      <ReauthenticateForm email={viewer.profile.email} next={next} />
    </Doorway>
  );
}
