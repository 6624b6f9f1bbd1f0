/** What has to be typed. No browser fills it in by itself, as it would the address. */
export const CONFIRMATION = "delete my account";
