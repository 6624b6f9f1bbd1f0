/** What is wrong with a form as a whole; what is wrong with one field stands beside that field. */
export function FormError({ children }: { children: string }) {
  return (
    <p
      role="alert"
      tabIndex={-1}
      // biome-ignore lint/a11y/noAutofocus: without scripts the answer is a new page, and this leads to its point
      autoFocus
      className="animate-appear rounded-lg bg-alarm-tint px-3.5 py-2.5 text-sm leading-relaxed text-pretty text-alarm outline-none"
    >
      {children}
    </p>
  );
}
