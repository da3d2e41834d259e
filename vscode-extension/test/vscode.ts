/** Of VS Code what the units under test use: words, which it leaves as they are. */
export const l10n = {
  t: (text: string, ...values: readonly (string | number)[]): string => text.replaceAll(/\{(\d)\}/g, (place, index: string) => String(values[Number(index)] ?? place)),
};
