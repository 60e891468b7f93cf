/** Gives a text to the reader as a file. */
export function download(name: string, text: string, type = "text/csv;charset=utf-8"): void {
  // A spreadsheet that finds no mark reads UTF-8 as something else.
  const address = URL.createObjectURL(new Blob(["\ufeff", text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
