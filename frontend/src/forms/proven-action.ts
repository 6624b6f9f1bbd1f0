/**
 * The action of a form for which the API may want a fresh proof of who the person is. The form is then shown again with a
 * field for the proof, so the person loses nothing and goes nowhere.
 */

import { besideCode, besidePassword, type Refusal } from "@/api/problems";
import { type Proof, prove } from "@/session/changes";
import { answerIn } from "@/session/passkeys";
import { getSpoken } from "@/words/spoken";
import { answer, type Perform, type Rules } from "./action";
import type { FormState, ProofKind, Refused } from "./form-state";
import { PROOF_CODE, PROOF_ELSE, PROOF_PASSKEY, PROOF_PASSWORD } from "./proof-fields";

/** `path`: where the person returns to if they have to sign in again. */
export function provenAction<Field extends string>(
  path: string,
  rules: Rules<Field>,
  perform: Perform<Field>,
) {
  return async (_previous: FormState, form: FormData): Promise<FormState> => {
    let asked = askedIn(form);
    const state = await answer<Field>(
      {
        rules,
        perform: async (value, words) => {
          const refused = asked && (await refusedProof(path, asked));
          if (refused) return refused;
          asked = undefined;
          return perform(value, words);
        },
      },
      form,
      await getSpoken(),
    );
    return asked && state.status === "refused" ? { ...state, ...shownAgain(asked, form) } : state;
  };
}

type Asked = { readonly kind: Exclude<ProofKind, "signin">; readonly typed: string };

const FIELDS = [
  ["passkey", PROOF_PASSKEY],
  ["code", PROOF_CODE],
  ["password", PROOF_PASSWORD],
] as const;

/** What was given. Without scripts there is a field for a code beside the passkey. */
function askedIn(form: FormData): Asked | undefined {
  const shown = FIELDS.flatMap(([kind, name]) => {
    const typed = form.get(name);
    return typeof typed === "string" ? [{ kind, typed }] : [];
  });
  return shown.find(({ typed }) => typed !== "") ?? shown.at(-1);
}

/** The form asks in the same ways again. */
function shownAgain({ kind }: Asked, form: FormData): Pick<Refused, "prove" | "orElse"> {
  const orElse = form.get(PROOF_ELSE);
  return {
    prove: kind,
    ...((orElse === "code" || orElse === "password" || orElse === "signin") && { orElse }),
  };
}

async function refusedProof(path: string, asked: Asked): Promise<Refusal | undefined> {
  return asked.kind === "passkey" ? refusedPasskey(path, asked.typed) : refusedSecret(path, asked);
}

async function refusedPasskey(path: string, typed: string): Promise<Refusal | undefined> {
  const assertion = answerIn(typed);
  return assertion ? prove(path, { assertion }) : { ...EMPTY, code: "reauthentication_required" };
}

async function refusedSecret(path: string, { kind, typed }: Asked): Promise<Refusal | undefined> {
  const isCode = kind === "code";
  const name = isCode ? PROOF_CODE : PROOF_PASSWORD;
  if (typed.trim() === "") return { ...EMPTY, fields: { [name]: { code: "missing" } } };
  const proof: Proof = isCode ? { code: typed } : { password: typed };
  const refused = await prove(path, proof);
  if (!refused) return;
  const beside = isCode ? besideCode(refused, name, "totp") : besidePassword(refused, name);
  // The API's names of the fields are not those of this form.
  const own = beside.fields.code ?? beside.fields.password;
  return own ? { ...beside, fields: { [name]: own } } : beside;
}

const EMPTY: Refusal = {
  code: "validation_failed",
  detail: "",
  wait: 0,
  fields: {},
  signedOut: false,
  wrongSecret: false,
};
