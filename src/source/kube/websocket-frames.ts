import { randomBytes } from 'node:crypto';

/** The kinds of WebSocket frames (RFC 6455, section 5.2). */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** What a {@link FrameReader} tells of the frames that come in. */
export interface FrameEvents {
  /** A piece of a message, as it comes: `isFirst` at the beginning of the message, `isLast` at its end. */
  data(piece: Buffer, isFirst: boolean, isLast: boolean): void;
  /** A ping, pong or close frame, whole. */
  control(opcode: number, payload: Buffer): void;
  /** The other side breaks the rules. */
  broken(why: string): void;
}

const MAX_CONTROL = 125;

/** Takes the frames of a server apart while their bytes come in. Payload is handed on as it is, in pieces, and never copied. */
export class FrameReader {
  private readonly events: FrameEvents;
  private head: Buffer = Buffer.alloc(0);
  private opcode = 0;
  private isFinal = true;
  private isFirst = true;
  private left = 0;
  private inPayload = false;
  private inMessage = false;
  private control: Buffer[] = [];

  constructor(events: FrameEvents) {
    this.events = events;
  }

  read(chunk: Buffer): void {
    let rest = chunk;
    for (;;) {
      if (!this.inPayload) {
        const next = this.readHead(rest);
        if (next === undefined) return;
        rest = next;
      }
      if (rest.length === 0 && this.left > 0) return;
      const piece = rest.subarray(0, this.left);
      rest = rest.subarray(piece.length);
      this.left -= piece.length;
      this.deliver(piece);
      if (this.left > 0) return;
      this.inPayload = false;
    }
  }

  private deliver(piece: Buffer): void {
    const isEnd = this.left === 0;
    if (this.opcode >= OPCODE.close) {
      this.control.push(piece);
      if (!isEnd) return;
      const payload = Buffer.concat(this.control);
      this.control = [];
      this.events.control(this.opcode, payload);
      return;
    }
    const isFirst = this.isFirst;
    this.isFirst = false;
    if (isEnd && this.isFinal) this.inMessage = false;
    this.events.data(piece, isFirst, isEnd && this.isFinal);
  }

  /** Reads a frame's head; undefined where more bytes are needed or nothing more can be read. */
  private readHead(chunk: Buffer): Buffer | undefined {
    const bytes = this.head.length === 0 ? chunk : Buffer.concat([this.head, chunk]);
    const [first, second] = bytes;
    const short = (second ?? 0) & 0x7f;
    const size = short === 127 ? 10 : short === 126 ? 4 : 2;
    if (first === undefined || second === undefined || bytes.length < size) {
      this.head = bytes;
      return undefined;
    }
    this.head = Buffer.alloc(0);
    const opcode = first & 0x0f;
    this.isFinal = (first & 0x80) !== 0;
    this.left = short === 127 ? Number(bytes.readBigUInt64BE(2)) : short === 126 ? bytes.readUInt16BE(2) : short;
    const why = this.fault(first, second, opcode);
    if (why !== undefined) {
      this.events.broken(why);
      return undefined;
    }
    if (opcode < OPCODE.close) {
      this.isFirst = opcode !== OPCODE.continuation;
      this.inMessage = true;
    }
    this.opcode = opcode;
    this.inPayload = true;
    return bytes.subarray(size);
  }

  private fault(first: number, second: number, opcode: number): string | undefined {
    if ((first & 0x70) !== 0) return 'a frame with an extension that was not agreed';
    if ((second & 0x80) !== 0) return 'a masked frame from the server';
    if (opcode >= OPCODE.close) return this.isFinal && this.left <= MAX_CONTROL ? undefined : 'a control frame in parts';
    if (opcode > OPCODE.binary) return `a frame of kind ${opcode}`;
    if ((opcode === OPCODE.continuation) !== this.inMessage) return 'a frame that continues no message';
    return Number.isSafeInteger(this.left) ? undefined : 'a frame of impossible size';
  }
}

/** One whole frame from a client: masked, as the protocol asks of clients. In: its kind, and the parts of its payload. */
export function clientFrame(opcode: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const extended = length > 0xffff ? 8 : length > MAX_CONTROL ? 2 : 0;
  const frame = Buffer.allocUnsafe(2 + extended + 4 + length);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | (extended === 8 ? 127 : extended === 2 ? 126 : length);
  if (extended === 2) frame.writeUInt16BE(length, 2);
  else if (extended === 8) frame.writeBigUInt64BE(BigInt(length), 2);
  const mask = randomBytes(4);
  let at = 2 + extended;
  frame.set(mask, at);
  at += 4;
  let i = 0;
  for (const part of parts) for (const byte of part) frame[at++] = byte ^ (mask[i++ & 3] as number);
  return frame;
}
