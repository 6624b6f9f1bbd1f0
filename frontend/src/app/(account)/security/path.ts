/** The page to which people return if an action of a card asks them to sign in again. */
export const HERE = "/security" as const;
