import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { clientFrame, FrameReader, OPCODE } from './websocket-frames.ts';

const DATA = 0;
const ERRORS = 1;
/** The first frame of each channel names the port, in two bytes. */
const PORT_BYTES = 2;
const ONLY_DATA = Buffer.from([DATA]);

/**
 * One TCP connection into a pod, over an upgraded connection to the API server (subprotocol v4.channel.k8s.io): what is written goes to
 * the pod's port, what the port sends can be read. A slow reader slows the API server down, since the socket is paused. What the error
 * channel says, and a connection that ends without a goodbye, destroy the stream with an error that `failureOf` makes.
 */
export class PortForwardStream extends Duplex {
  private readonly socket: Socket;
  private readonly failureOf: (why: string) => Error;
  private readonly skip = new Map<number, number>([
    [DATA, PORT_BYTES],
    [ERRORS, PORT_BYTES],
  ]);
  private channel = DATA;
  private said = '';
  private isOver = false;
  private failure: Error | undefined;

  constructor(socket: Socket, head: Buffer, failureOf: (why: string) => Error) {
    super({ allowHalfOpen: true, readableHighWaterMark: 1 << 20 });
    this.socket = socket;
    this.failureOf = failureOf;
    const frames = new FrameReader({
      data: (piece, isFirst, isLast) => this.accept(piece, isFirst, isLast),
      control: (opcode, payload) => this.control(opcode, payload),
      broken: (why) => this.fail(`the API server sends ${why}`),
    });
    socket.on('data', (chunk: Buffer) => {
      if (!this.isOver) frames.read(chunk);
    });
    socket.on('error', (error) => this.fail(error.message));
    socket.on('close', () => this.fail('the API server closed the connection'));
    if (head.length > 0) frames.read(head);
  }

  /** What came before a failure is read before the failure is told. */
  override read(size?: number): unknown {
    const chunk: unknown = super.read(size);
    if (chunk === null && this.failure !== undefined && this.readableLength === 0) this.destroy(this.failure);
    return chunk;
  }

  override _read(): void {
    this.socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.socket.write(clientFrame(OPCODE.binary, ONLY_DATA, chunk), callback);
  }

  /** The protocol knows no half of a close: the connection stays open for the answer. */
  override _final(callback: (error?: Error | null) => void): void {
    callback();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.isOver = true;
    if (!this.socket.destroyed && this.socket.writable) this.socket.write(clientFrame(OPCODE.close, Buffer.from([0x03, 0xe8])));
    this.socket.destroySoon();
    this.socket.resume();
    callback(error);
  }

  private accept(piece: Buffer, isFirst: boolean, isLast: boolean): void {
    let rest = piece;
    if (isFirst) {
      this.channel = rest[0] ?? DATA;
      rest = rest.subarray(1);
    }
    const skip = Math.min(this.skip.get(this.channel) ?? 0, rest.length);
    if (skip > 0) {
      this.skip.set(this.channel, (this.skip.get(this.channel) ?? 0) - skip);
      rest = rest.subarray(skip);
    }
    if (this.channel === DATA) {
      if (rest.length > 0 && !this.push(rest)) this.socket.pause();
    } else if (this.channel === ERRORS) {
      this.said += rest.toString('utf8');
      if (isLast && this.said !== '') this.fail(this.said.trim());
    }
  }

  private control(opcode: number, payload: Buffer): void {
    if (opcode === OPCODE.ping) this.socket.write(clientFrame(OPCODE.pong, payload));
    else if (opcode === OPCODE.close) {
      this.isOver = true;
      this.push(null);
      if (this.socket.writable) this.socket.end(clientFrame(OPCODE.close, payload.subarray(0, 2)));
    }
  }

  private fail(why: string): void {
    if (this.isOver) return;
    this.isOver = true;
    this.failure = this.failureOf(why);
    if (this.readableLength === 0) this.destroy(this.failure);
  }
}
