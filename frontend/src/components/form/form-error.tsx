/** What is wrong with a form as a whole; what is wrong with one field stands beside that field. */
export function FormError({ children }: { children: string }) {
  return (
    <p
      role="alert"
      className="animate-appear rounded-lg bg-alarm-tint px-3.5 py-2.5 text-sm leading-relaxed text-alarm"
    >
      {children}
    </p>
  );
}
