import { getService } from "@/api/service";
import { Doorway } from "@/components/brand/doorway";
import { Phrase } from "@/components/phrase";
import { Below } from "@/components/ui/below";
import { TextLink } from "@/components/ui/text-link";
import { Unavailable } from "@/components/unavailable";
import { heldAddress, heldLink } from "@/session/mailed";
import { getViewer } from "@/session/viewer";
import { getWords } from "@/words/spoken";
import { titled } from "../../titled";
import { NoLink } from "../no-link";
import { ResetForm } from "./form";

export const generateMetadata = titled((words) => words.resetPassword.title);

export default async function ResetPasswordPage() {
  const { resetPassword: words, unavailable, newPassword } = await getWords();
  if (!(await heldLink("reset-password"))) {
    return (
      <NoLink title={words.title}>
        <TextLink href="/forgot-password">{words.newLink}</TextLink>
      </NoLink>
    );
  }
  const [service, email] = [await getService(), await heldAddress()];
  if (service.status === "unavailable") {
    return (
      <Doorway closed title={unavailable.title} lead={words.unavailable}>
        <Unavailable refusal={service.refusal} path="/reset-password" />
      </Doorway>
    );
  }
  const viewer = await getViewer();
  return (
    <Doorway title={words.title} lead={words.lead}>
      <ResetForm email={email} rules={service.rules} words={{ ...words, newPassword }} />
      {viewer.status === "signed-in" && (
        <Below>
          <Phrase parts={{ address: <bdi className="wrap-anywhere text-ink">{viewer.profile.email}</bdi> }}>
            {words.signedInAs}
          </Phrase>
        </Below>
      )}
      <Below>
        <Phrase parts={{ again: <TextLink href="/forgot-password">{words.again}</TextLink> }}>
          {words.noWork}
        </Phrase>
      </Below>
    </Doorway>
  );
}
