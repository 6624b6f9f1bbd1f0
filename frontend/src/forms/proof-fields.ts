/** The names of the fields in which a form asks once more who the person is. */
export const PROOF_CODE = "proof_code";
export const PROOF_PASSKEY = "proof_passkey";
export const PROOF_PASSWORD = "proof_password";
/** The way that stays open beside a passkey. */
export const PROOF_ELSE = "proof_else";
