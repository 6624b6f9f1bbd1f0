import type { FormState } from "@/forms/form-state";

interface CheckboxProps {
  name: string;
  label: string;
  hint: string;
  state: FormState;
}

/** A choice that is made with the form. After a refusal it is as the person left it. */
export function Checkbox({ name, label, hint, state }: CheckboxProps) {
  const typed = state.status === "refused" && Boolean(state.values[name]);
  return (
    <div className="grid grid-cols-[auto_1fr] gap-x-3 pb-1 text-sm">
      <input
        id={name}
        name={name}
        type="checkbox"
        // React keeps the value with which an input began.
        key={String(typed)}
        defaultChecked={typed}
        aria-describedby={`${name}-hint`}
        className="mt-0.5 size-5"
      />
      <label htmlFor={name} className="min-h-6 font-medium">
        {label}
      </label>
      <p id={`${name}-hint`} className="col-start-2 leading-snug text-pretty text-soft">
        {hint}
      </p>
    </div>
  );
}
