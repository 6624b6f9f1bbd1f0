import type { Metadata } from "next";
import { Doorway } from "@/components/brand/doorway";
import { Below } from "@/components/ui/below";
import { TextLink } from "@/components/ui/text-link";
import { heldLink } from "@/session/mailed";
import { hasJust } from "@/session/notice";
import { NoLink } from "../no-link";
import { UndoForm } from "./form";

const TITLE = "Keep your address";

export const metadata: Metadata = { title: TITLE };

export default async function UndoEmailPage({ searchParams }: PageProps<"/undo-email">) {
  const { notice } = await searchParams;
  if (notice === "email-undone" && (await hasJust("email-undone"))) {
    return (
      <Doorway
        title="Look into your mail"
        lead="Your account has its former address, and nobody is signed in."
      >
        <p className="text-center leading-relaxed text-pretty">
          A mail with a link to choose a new password is on its way to that address.
        </p>
        <Below>
          Nothing there? <TextLink href="/forgot-password">Send it again</TextLink>
        </Below>
      </Doorway>
    );
  }
  const help = (
    <>
      The link does not work? Choose a new password:{" "}
      <TextLink href="/forgot-password">Send me a link</TextLink>
    </>
  );
  if (!(await heldLink("undo-email"))) return <NoLink title={TITLE}>{help}</NoLink>;
  return (
    <Doorway title={TITLE} lead="Was it not you who asked for another address? Then take the change back.">
      <p className="mb-5 text-center text-sm leading-relaxed text-pretty text-soft">
        All devices are signed out, and the password no longer counts. We send you a link to choose a new one.
      </p>
      <UndoForm />
      <Below>{help}</Below>
    </Doorway>
  );
}
