/** Where the cards' actions send people back to after a new sign-in. */
export const HERE = "/security";
