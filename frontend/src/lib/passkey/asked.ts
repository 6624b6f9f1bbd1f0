/** What a browser needs to ask for a passkey, as JSON, or a sentence that says why it cannot be had. */
export type Asked = { readonly options: string } | { readonly message: string };
