"use client";

import { AppEnrolment } from "@/components/app-enrolment";
import { Form } from "@/components/form/form";
import { NewPasskey } from "@/components/form/new-passkey";
import { SubmitButton } from "@/components/form/submit-button";
import { useShared } from "@/components/shared-words";
import { buttonLook } from "@/components/ui/button";
import { BEGIN } from "@/forms/enrolment-steps";
import type { Words } from "@/words/words";
import { enrol } from "./actions";
import { BEGIN_PASSKEY, SAVE_PASSKEY } from "./steps";

interface EnrolFormProps {
  next: string;
  /** What can be added: one of the two, or both. */
  withPasskey: boolean;
  withApp: boolean;
  /** Where the person chooses once more what to add. */
  again: string;
  words: Words["authenticator"] & Words["enrol"];
}

export function EnrolForm({ next, withPasskey, withApp, again, words }: EnrolFormProps) {
  return (
    <Form action={enrol}>
      {(state) => (
        <>
          <input type="hidden" name="next" value={next} />
          {state.once?.kind === "app" ? (
            <AppEnrolment
              begun={state.once}
              state={state}
              cancel={withPasskey ? again : "/signin"}
              words={words}
            />
          ) : state.once?.kind === "passkey" ? (
            <>
              <NewPasskey
                options={state.once.options}
                state={state}
                text={words.passkeyAsks}
                name="step"
                value={SAVE_PASSKEY}
              >
                {words.makePasskey}
              </NewPasskey>
              <a href={again} className={buttonLook("plain")}>
                {words.cancel}
              </a>
            </>
          ) : (
            <>
              {withPasskey && <Passkey isOnly={!withApp} words={words} />}
              {withApp && (
                <>
                  <Text className={withPasskey ? "needs-script" : ""}>
                    {withPasskey ? words.orText : words.text}
                  </Text>
                  {withPasskey && <Text className="without-script">{words.text}</Text>}
                  <SubmitButton
                    name="step"
                    value={BEGIN}
                    look={withPasskey ? "quiet" : "solid"}
                    busy={words.adding}
                  >
                    {words.add}
                  </SubmitButton>
                </>
              )}
            </>
          )}
        </>
      )}
    </Form>
  );
}

function Passkey({ isOnly, words }: { isOnly: boolean; words: Words["authenticator"] & Words["enrol"] }) {
  const { form } = useShared();
  return (
    <>
      <div className="needs-script mb-4 grid gap-3">
        <Text>{words.passkeyText}</Text>
        <SubmitButton name="step" value={BEGIN_PASSKEY} busy={words.adding}>
          {words.addPasskey}
        </SubmitButton>
      </div>
      {isOnly && <Text className="without-script">{form.passkey.needsScript}</Text>}
    </>
  );
}

function Text({ children, className = "" }: { children: string; className?: string }) {
  return (
    <p className={`mb-2 text-center text-sm leading-relaxed text-pretty text-soft ${className}`}>
      {children}
    </p>
  );
}
