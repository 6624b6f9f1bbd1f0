import type { Metadata } from "next";
import { getService } from "@/api/service";
import { Doorway } from "@/components/brand/doorway";
import { Below } from "@/components/ui/below";
import { TextLink } from "@/components/ui/text-link";
import { Unavailable } from "@/components/unavailable";
import { heldAddress, heldLink } from "@/session/mailed";
import { NoLink } from "../no-link";
import { ResetForm } from "./form";

export const metadata: Metadata = { title: "Choose a new password" };

export default async function ResetPasswordPage() {
  if (!(await heldLink("reset-password"))) {
    return (
      <NoLink title="Choose a new password">
        <TextLink href="/forgot-password">Send me a new link</TextLink>
      </NoLink>
    );
  }
  const [service, email] = [await getService(), await heldAddress()];
  if (service.status === "unavailable") {
    return (
      <Doorway closed title="One moment" lead="Your password can't be changed right now.">
        <Unavailable refusal={service.refusal} path="/reset-password" />
      </Doorway>
    );
  }
  return (
    <Doorway title="Choose a new password" lead="All your devices are signed out then.">
      <ResetForm email={email} rules={service.rules} />
      <Below>
        The link does not work? <TextLink href="/forgot-password">Send me a new one</TextLink>
      </Below>
    </Doorway>
  );
}
