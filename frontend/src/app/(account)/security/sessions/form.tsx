"use client";

import { DeviceIcon } from "@/components/device-icon";
import { Form } from "@/components/form/form";
import { ProofField } from "@/components/form/proof-field";
import { SubmitButton } from "@/components/form/submit-button";
import { LocalTime } from "@/components/local-time";
import { Phrase } from "@/components/phrase";
import { useShared } from "@/components/shared-words";
import { Fact } from "@/components/ui/fact";
import type { FormState } from "@/forms/form-state";
import type { Device } from "@/lib/device";
import { counted } from "@/lib/fill";
import type { Words } from "@/words/words";
import { HERE } from "../path";
import { endSessions } from "./actions";
import { ALL_OTHERS } from "./words";

/** A session as the page shows it. The server makes its texts, so that server and browser render the same. */
export interface SessionItem {
  readonly id: number;
  readonly device: Device;
  readonly current: boolean;
  readonly ip: string | null;
  /** In words, or empty if that is long ago. */
  readonly lastUsed: string;
  readonly lastUsedAt: string;
  readonly began: string;
}

/** The devices that are shown at first: enough for nearly everybody. */
const FIRST = 8;

interface SessionsFormProps {
  sessions: readonly SessionItem[];
  words: Words["devices"] & Pick<Words, "proof">;
}

export function SessionsForm({ sessions, words }: SessionsFormProps) {
  const { language } = useShared();
  const others = sessions.filter(({ current }) => !current);
  const more = sessions.slice(FIRST);
  return (
    <Form action={endSessions}>
      {(state) => (
        <>
          <Proof state={state} sessions={others} words={words} />
          {others.length === 0 && <p className="text-sm text-soft">{words.onlyThis}</p>}
          {others.length > 1 && (
            <SubmitButton
              name="session"
              value={ALL_OTHERS}
              look="quiet"
              busy={words.signingOutAll}
              className="self-start"
            >
              {words.signOutAll}
            </SubmitButton>
          )}
          <Rows label={words.list} sessions={sessions.slice(0, FIRST)} words={words} />
          {more.length > 0 && (
            <details className="group">
              <summary className="inline-flex min-h-11 cursor-pointer items-center rounded-md font-medium text-ink underline decoration-edge underline-offset-4 group-open:mb-3 hover:text-door">
                {counted(words.showAll, sessions.length, language)}
              </summary>
              <Rows label={words.more} sessions={more} words={words} />
            </details>
          )}
        </>
      )}
    </Form>
  );
}

/** Asks for a proof, and sends what the person has chosen. Its button is the first, so Enter ends no other session. */
function Proof({ state, sessions, words }: SessionsFormProps & { state: FormState }) {
  if (state.status !== "refused" || !state.prove) return null;
  const { session } = state.values;
  const chosen = sessions.find(({ id }) => String(id) === session);
  return (
    <div className="grid gap-3">
      <ProofField state={state} path={HERE} words={words.proof} />
      {state.prove !== "signin" && (
        <SubmitButton
          name="session"
          value={session}
          busy={chosen ? words.signingOut : words.signingOutAll}
          about={chosen?.device.name}
          className="justify-self-start"
        >
          {chosen ? words.signOut : words.signOutAll}
        </SubmitButton>
      )}
    </div>
  );
}

function Rows({ label, sessions, words }: SessionsFormProps & { label: string }) {
  return (
    <ul aria-label={label} className="divide-y divide-line border-y border-line">
      {sessions.map((session) => (
        <SessionRow key={session.id} {...session} words={words} />
      ))}
    </ul>
  );
}

function SessionRow({
  id,
  device,
  current,
  ip,
  lastUsed,
  lastUsedAt,
  began,
  words,
}: SessionItem & Pick<SessionsFormProps, "words">) {
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-3 py-4 sm:gap-x-4">
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
        <ul className="mt-0.5 text-sm leading-relaxed text-soft flex flex-wrap">
          <Fact>{lastUsed || <LocalTime iso={lastUsedAt} as="day" />}</Fact>
          {ip && (
            <Fact>
              <span className="tabular-nums wrap-anywhere">{ip}</span>
            </Fact>
          )}
          {device.detail && <Fact>{device.detail}</Fact>}
          <Fact>
            <Phrase parts={{ time: <LocalTime iso={began} as="minute" /> }}>{words.began}</Phrase>
          </Fact>
        </ul>
      </div>
      {!current && (
        <SubmitButton
          name="session"
          value={String(id)}
          look="quiet"
          className="max-sm:ms-10"
          busy={words.signingOut}
          about={[device.name, lastUsed || words.longAgo, ip].filter(Boolean).join(", ")}
        >
          {words.signOut}
        </SubmitButton>
      )}
    </li>
  );
}
