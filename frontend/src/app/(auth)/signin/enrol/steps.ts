/** What the buttons send with which a person adds a passkey while signing in. */
export const BEGIN_PASSKEY = "begin-passkey";
export const SAVE_PASSKEY = "save-passkey";
