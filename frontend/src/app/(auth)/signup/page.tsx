import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getService } from "@/api/service";
import { Doorway } from "@/components/brand/doorway";
import { TermsNotice } from "@/components/terms-notice";
import { TextLink } from "@/components/ui/text-link";
import { Unavailable } from "@/components/unavailable";
import { nextPath, withNext } from "@/lib/next-path";
import { getViewer } from "@/session/viewer";
import { SignupForm } from "./form";

export const metadata: Metadata = { title: "Create an account" };

export default async function SignupPage({ searchParams }: PageProps<"/signup">) {
  const next = nextPath((await searchParams).next);
  const [viewer, service] = await Promise.all([getViewer(), getService()]);
  if (viewer.status === "signed-in") redirect(next);
  if (service.status === "unavailable") {
    return (
      <Doorway closed title="One moment" lead="Accounts can't be created right now.">
        <Unavailable refusal={service.refusal} path={withNext("/signup", next)} />
      </Doorway>
    );
  }

  return (
    <Doorway title="Create an account" lead="You need an email address and a good password.">
      <SignupForm next={next} rules={service.rules} />
      <TermsNotice />
      <p className="mt-7 text-center text-sm text-soft">
        Already have an account? <TextLink href={withNext("/signin", next)}>Sign in</TextLink>
      </p>
    </Doorway>
  );
}
