/** What the buttons of the card send. The number of a passkey follows `REMOVE`. */
export const ADD = "add";
export const SAVE = "save";
export const REMOVE = "remove:";
