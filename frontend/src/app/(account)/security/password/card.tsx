import { getService } from "@/api/service";
import { getWords } from "@/words/spoken";
import { Part } from "../../part";
import { PasswordForm } from "./form";

export async function PasswordCard({ email, name }: { email: string; name: string }) {
  const { changePassword: words, newPassword } = await getWords();
  const service = await getService();
  const rules = service.status === "ready" ? service.rules : undefined;
  return (
    <Part id="change-password" title={words.title} lead={words.lead}>
      <PasswordForm email={email} name={name} rules={rules} words={{ ...words, newPassword }} />
    </Part>
  );
}
