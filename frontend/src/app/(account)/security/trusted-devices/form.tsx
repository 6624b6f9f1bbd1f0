"use client";

import { DeviceIcon } from "@/components/device-icon";
import { Form } from "@/components/form/form";
import { SubmitButton } from "@/components/form/submit-button";
import { LocalTime } from "@/components/local-time";
import { Phrase } from "@/components/phrase";
import type { Device } from "@/lib/device";
import type { Words } from "@/words/words";
import { endTrust } from "./actions";

interface Trusted {
  readonly id: number;
  readonly device: Device;
  readonly until: string;
  readonly ip: string | null;
  readonly current: boolean;
}

interface TrustedDevicesFormProps {
  trusted: readonly Trusted[];
  words: Words["trustedDevices"] & Pick<Words["devices"], "thisDevice">;
}

export function TrustedDevicesForm({ trusted, words }: TrustedDevicesFormProps) {
  return (
    <Form action={endTrust}>
      {() => (
        <ul aria-label={words.title} className="divide-y divide-line border-y border-line">
          {trusted.map(({ id, device, until, ip, current }) => (
            <li key={id} className="flex flex-wrap items-center gap-x-3 gap-y-3 py-4 sm:gap-x-4">
              <DeviceIcon kind={device.kind} className="size-7 shrink-0 self-start text-soft" />
              <div className="min-w-0 flex-1 basis-48">
                <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1 font-medium wrap-anywhere">
                  {device.name}
                  {current && (
                    <span className="rounded-full bg-tint px-2 py-px text-xs font-medium text-door">
                      {words.thisDevice}
                    </span>
                  )}
                </p>
                <p className="mt-0.5 text-sm leading-relaxed text-soft">
                  <Phrase parts={{ time: <LocalTime iso={until} as="day" /> }}>{words.until}</Phrase>
                  {ip && <span className="tabular-nums wrap-anywhere"> · {ip}</span>}
                </p>
              </div>
              <SubmitButton
                name="device"
                value={String(id)}
                look="quiet"
                className="max-sm:ms-10"
                busy={words.ending}
                about={[device.name, ip].filter(Boolean).join(", ")}
              >
                {words.end}
              </SubmitButton>
            </li>
          ))}
        </ul>
      )}
    </Form>
  );
}
