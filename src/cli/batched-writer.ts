/** So much text is gathered before it is written. */
const BATCH = 1 << 16;

/**
 * Writes in batches: a table of a hundred thousand lines is not a hundred thousand system calls. What is gathered goes out at the latest
 * when the program comes to wait for something.
 */
export class BatchedWriter {
  private gathered = '';
  private isScheduled = false;
  private readonly write: (text: string | Uint8Array) => unknown;

  constructor(write: (text: string | Uint8Array) => unknown) {
    this.write = write;
  }

  push(text: string | Uint8Array): void {
    if (typeof text === 'string') this.gathered += text;
    if (typeof text !== 'string' || this.gathered.length >= BATCH) this.flush();
    if (typeof text !== 'string') this.write(text);
    else if (this.gathered !== '' && !this.isScheduled) {
      this.isScheduled = true;
      setImmediate(() => {
        this.isScheduled = false;
        this.flush();
      });
    }
  }

  flush(): void {
    if (this.gathered === '') return;
    const text = this.gathered;
    this.gathered = '';
    this.write(text);
  }
}
