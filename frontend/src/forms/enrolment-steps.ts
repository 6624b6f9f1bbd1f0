/** What the buttons send with which a person adds and removes an authenticator app. */
export const BEGIN = "begin";
export const CONFIRM = "confirm";
export const REMOVE = "remove";
