import type { Metadata } from "next";
import type { ReactNode } from "react";
import { refusal } from "@/api/problems";
import type { components } from "@/api/schema";
import { getService } from "@/api/service";
import { AccountUnavailable } from "@/components/account-unavailable";
import { Panel } from "@/components/ui/panel";
import { Unavailable } from "@/components/unavailable";
import { deviceIn } from "@/lib/device";
import { dayOf, lastUsed } from "@/lib/last-used";
import { bearersApi } from "@/session/transport";
import { requireUser } from "@/session/viewer";
import { DeleteAccountForm, PasswordForm, type SessionItem, SessionsForm } from "./form";

export const metadata: Metadata = { title: "Security" };

export default async function SecurityPage() {
  const viewer = await requireUser("/security");
  if (viewer.status === "unavailable")
    return <AccountUnavailable refusal={viewer.refusal} path="/security" />;

  const client = await bearersApi(viewer.accessToken);
  const [sessions, service] = await Promise.all([client.GET("/auth/sessions"), getService()]);
  return (
    <>
      <h1 className="text-3xl leading-tight font-semibold tracking-[-0.03em]">Security</h1>
      <p className="mt-1 text-soft">Where you are signed in, your password, and your account itself.</p>

      <Part title="Your devices" lead="Sign out any that you don't use any more, or don't know.">
        {sessions.data ? (
          <SessionsForm sessions={itemsOf(sessions.data)} />
        ) : (
          <Unavailable refusal={refusal(sessions.error)} path="/security" />
        )}
      </Part>

      <Part title="Password" lead="A new one signs out all your other devices; this one stays.">
        <PasswordForm email={viewer.profile.email} rules={rulesOf(service)} />
      </Part>

      <Part
        title="Delete account"
        lead="Your account and all that belongs to it goes at once and for good. Nobody can bring it back."
      >
        <DeleteAccountForm />
      </Part>
    </>
  );
}

function Part({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  return (
    <Panel className="mt-6 grid gap-x-10 gap-y-5">
      <div>
        <h2 className="text-lg font-semibold tracking-[-0.015em]">{title}</h2>
        <p className="mt-1 max-w-[52ch] text-[0.9375rem] leading-relaxed text-soft">{lead}</p>
      </div>
      {children}
    </Panel>
  );
}

type SessionEntry = components["schemas"]["SessionEntry"];

/** This device first; the API gives the others as they were last used. */
function itemsOf(entries: readonly SessionEntry[]): SessionItem[] {
  const now = new Date();
  return entries
    .toSorted((a, b) => Number(b.current) - Number(a.current))
    .map(({ id, current, ip, user_agent, last_used_at, created_at }) => ({
      id,
      current,
      ip,
      device: deviceIn(user_agent),
      lastUsed: current ? "Active now" : lastUsed(new Date(last_used_at), now),
      began: dayOf(new Date(created_at), now),
    }));
}

function rulesOf(service: Awaited<ReturnType<typeof getService>>) {
  if (service.status === "unavailable") return;
  const { min_password_length: minLength, max_password_length: maxLength } = service.rules;
  return { minLength, maxLength };
}
