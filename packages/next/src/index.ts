/** Sign-in for a Next.js app, by a Postern that you host yourself. */

export {};
