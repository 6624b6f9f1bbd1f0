import { getService } from "@/api/service";
import { Part } from "../../part";
import { PasswordForm } from "./form";

export async function PasswordCard({ email, name }: { email: string; name: string }) {
  const service = await getService();
  const rules = service.status === "ready" ? service.rules : undefined;
  return (
    <Part
      id="change-password"
      title="Password"
      lead="A new password signs out all your other devices. This device stays signed in."
    >
      <PasswordForm email={email} name={name} rules={rules} />
    </Part>
  );
}
