/** What the buttons of the sign-in form send: the password, or another way in for the address that is typed already. */
export const WITH_PASSWORD = "password";
export const WITH_PASSKEY = "passkey";
export const WITH_LINK = "link";
export const FORGOTTEN = "forgotten";
