/** The text to type. A browser could fill in the email address by itself, but not this. */
export const CONFIRMATION = "delete my account";
