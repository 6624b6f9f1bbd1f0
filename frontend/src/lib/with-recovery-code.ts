/** The value of `with` in the address of a page that can ask for a recovery code instead of a code of the app. */
export const RECOVERY_CODE = "recovery-code";
