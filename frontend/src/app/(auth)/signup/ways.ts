/** What the buttons of the form send. A passkey takes two steps: the browser makes it between them. */
export const WITH_PASSWORD = "password";
export const WITH_PASSKEY = "passkey";
export const SAVE_PASSKEY = "save-passkey";
