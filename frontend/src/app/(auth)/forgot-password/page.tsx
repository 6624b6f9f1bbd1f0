import type { Metadata } from "next";
import { Doorway } from "@/components/brand/doorway";
import { Below } from "@/components/ui/below";
import { TextLink } from "@/components/ui/text-link";
import { heldAddress } from "@/session/mailed";
import { hasJust } from "@/session/notice";
import { ForgotForm } from "./form";

export const metadata: Metadata = { title: "Forgot your password?" };

export default async function ForgotPasswordPage({ searchParams }: PageProps<"/forgot-password">) {
  const { notice } = await searchParams;
  const [typed, sent] = [await heldAddress(), notice === "mail-sent" && (await hasJust("mail-sent"))];
  if (sent) {
    return (
      <Doorway
        title="Look into your mail"
        lead={
          <>
            If <bdi className="wrap-anywhere">{typed}</bdi> has an account, a link to choose a new password is
            on its way.
          </>
        }
      >
        <p className="text-center text-sm leading-relaxed text-soft">
          It can take a few minutes. Look into the folder for spam, too.
        </p>
        <Below>
          Nothing there? <TextLink href="/forgot-password">Send it again</TextLink>
        </Below>
      </Doorway>
    );
  }
  return (
    <Doorway title="Forgot your password?" lead="We send you a link to choose a new one.">
      <ForgotForm typed={typed} />
      <Below>
        Remembered it? <TextLink href="/signin">Sign in</TextLink>
      </Below>
    </Doorway>
  );
}
