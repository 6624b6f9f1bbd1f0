"use client";

import type { ReactNode } from "react";
import { DeviceIcon } from "@/components/device-icon";
import { Form } from "@/components/form/form";
import { SubmitButton } from "@/components/form/submit-button";
import type { Device } from "@/lib/device";
import { endSessions } from "./actions";
import { ALL_OTHERS } from "./words";

/** A session as the page shows it. The server makes its texts, so that server and browser render the same. */
export interface SessionItem {
  readonly id: number;
  readonly device: Device;
  readonly current: boolean;
  readonly ip: string | null;
  readonly lastUsed: string;
  readonly began: string;
}

export function SessionsForm({ sessions }: { sessions: readonly SessionItem[] }) {
  const others = sessions.filter(({ current }) => !current);
  return (
    <Form action={endSessions}>
      {() => (
        <>
          <ul aria-label="Devices" className="divide-y divide-line border-y border-line">
            {sessions.map((session) => (
              <SessionRow key={session.id} {...session} />
            ))}
          </ul>
          {others.length === 0 && <p className="text-sm text-soft">You are signed in on this device only.</p>}
          {others.length > 1 && (
            <SubmitButton
              name="session"
              value={ALL_OTHERS}
              look="quiet"
              busy="Signing them out…"
              className="self-start"
            >
              Sign out all other devices
            </SubmitButton>
          )}
        </>
      )}
    </Form>
  );
}

function SessionRow({ id, device, current, ip, lastUsed, began }: SessionItem) {
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-3 py-4 sm:gap-x-4">
      <DeviceIcon kind={device.kind} className="size-7 shrink-0 self-start text-soft" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1 font-medium wrap-anywhere">
          {device.name}
          {current && (
            <span className="rounded-full bg-tint px-2 py-px text-xs font-medium text-door">this device</span>
          )}
        </p>
        <ul className="mt-0.5 text-sm leading-relaxed text-soft sm:flex sm:flex-wrap">
          <Fact>{lastUsed}</Fact>
          {ip && (
            <Fact>
              <span className="font-mono text-[0.8125rem] wrap-anywhere">{ip}</span>
            </Fact>
          )}
          <Fact>signed in {began}</Fact>
        </ul>
      </div>
      {!current && (
        <SubmitButton
          name="session"
          value={String(id)}
          look="quiet"
          busy="Signing out…"
          about={`${device.name}, ${lastUsed.toLowerCase()}`}
        >
          Sign out
        </SubmitButton>
      )}
    </li>
  );
}

/** One below the other on a small screen, otherwise side by side with a dot between. */
function Fact({ children }: { children: ReactNode }) {
  return <li className="sm:not-last:after:mx-1.5 sm:not-last:after:content-['·'_/_'']">{children}</li>;
}
