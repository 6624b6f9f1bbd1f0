import { getMail } from "@/api/service";
import type { Profile } from "@/session/viewer";
import { SendVerificationForm } from "./form";

/** Above the cards of an account whose address nobody has proved, if the service sends mail. */
export async function Unconfirmed({ profile, page }: { profile: Profile; page: "/profile" | "/security" }) {
  if (profile.email_verified || !(await getMail()).isSent) return null;
  return (
    <section
      aria-label="Your address is not confirmed"
      className="mb-8 grid gap-3 rounded-xl border border-line bg-tint p-4 sm:px-7 sm:py-5"
    >
      <p className="leading-relaxed">
        Please confirm <bdi className="font-medium wrap-anywhere">{profile.email}</bdi>: open the link in our
        mail, so that we know that the address is yours.
      </p>
      <SendVerificationForm page={page} />
    </section>
  );
}
