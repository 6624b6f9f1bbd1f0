import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getService } from "@/api/service";
import { Doorway } from "@/components/brand/doorway";
import { TextLink } from "@/components/ui/text-link";
import { Unavailable } from "@/components/unavailable";
import { nextPath, SESSION_ENDED, withNext } from "@/lib/next-path";
import { getViewer } from "@/session/viewer";
import { SigninForm } from "./form";

export const metadata: Metadata = { title: "Sign in" };

const NOTICES = new Map([
  ["account-created", "Your account is ready. Sign in to continue."],
  ["signed-out", "You are signed out. See you soon."],
  [
    "signed-out-here",
    "You are signed out in this browser, but the service didn't answer. Your session may not have ended.",
  ],
  [SESSION_ENDED, "You were signed out. Sign in again to continue."],
]);

export default async function SigninPage({ searchParams }: PageProps<"/signin">) {
  const query = await searchParams;
  const next = nextPath(query.next);
  const notice = NOTICES.get(String(query.notice));
  const [viewer, service] = await Promise.all([getViewer(), getService()]);
  if (viewer.status === "signed-in") redirect(next);
  if (service.status === "unavailable") {
    const lead = "Signing in isn't possible right now.";
    return (
      <Doorway closed title="One moment" lead={notice ? `${notice} ${lead}` : lead}>
        <Unavailable refusal={service.refusal} path={withNext("/signin", next)} />
      </Doorway>
    );
  }

  const lead = query.next ? "Sign in, and we'll take you where you were going." : "Sign in to your account.";
  return (
    <Doorway title="Welcome back" lead={lead} notice={notice}>
      <SigninForm next={next} />
      <p className="mt-7 text-center text-sm text-soft">
        New here? <TextLink href={withNext("/signup", next)}>Create an account</TextLink>
      </p>
    </Doorway>
  );
}
