import { getService } from "@/api/service";
import { Part } from "../part";
import { PasswordForm } from "./form";

export async function PasswordCard({ email }: { email: string }) {
  const service = await getService();
  return (
    <Part title="Password" lead="A new one signs out all your other devices; this one stays.">
      <PasswordForm email={email} rules={rulesOf(service)} />
    </Part>
  );
}

function rulesOf(service: Awaited<ReturnType<typeof getService>>) {
  if (service.status === "unavailable") return;
  const { min_password_length: minLength, max_password_length: maxLength } = service.rules;
  return { minLength, maxLength };
}
