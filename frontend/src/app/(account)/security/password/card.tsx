import { getService } from "@/api/service";
import { getFactors } from "@/session/factors";
import { getWords } from "@/words/spoken";
import { Part } from "../../part";
import { PasswordForm } from "./form";
import { PasswordRemoval } from "./removal";

interface PasswordCardProps {
  accessToken: string;
  email: string;
  name: string;
}

export async function PasswordCard({ accessToken, email, name }: PasswordCardProps) {
  const { changePassword: words, newPassword, proof } = await getWords();
  const service = await getService();
  const rules = service.status === "ready" ? service.rules : undefined;
  const { data } = await getFactors(accessToken);
  const hasPassword = data?.password ?? true;
  return (
    <Part
      id="change-password"
      title={hasPassword ? words.title : words.setTitle}
      lead={hasPassword ? words.lead : words.setLead}
    >
      <PasswordForm
        hasPassword={hasPassword}
        email={email}
        name={name}
        rules={rules}
        words={{ ...words, newPassword, proof }}
      />
      {data && data.passkeys.length > 0 && (
        <PasswordRemoval hasPassword={data.password} words={{ ...words, proof }} />
      )}
    </Part>
  );
}
