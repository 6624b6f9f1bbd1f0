export function digestOfInputs(frontend: string): string;
