/** The error of a form as a whole. The error of one field is shown beside that field. */
export function FormError({ children }: { children: string }) {
  return (
    <p
      role="alert"
      tabIndex={-1}
      // biome-ignore lint/a11y/noAutofocus: without scripts the answer is a new page, and its message gets the focus
      autoFocus
      className="animate-appear rounded-lg bg-alarm-tint px-3.5 py-2.5 text-sm leading-relaxed text-pretty text-alarm outline-none"
    >
      {children}
    </p>
  );
}
