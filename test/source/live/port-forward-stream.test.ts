import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { PortForwardStream } from '../../../src/source/kube/port-forward-stream.ts';
import { clientFrame, FrameReader, OPCODE } from '../../../src/source/kube/websocket-frames.ts';

/** A frame as a server sends it. */
function serverFrame(opcode: number, payload: Buffer, isFinal = true): Buffer {
  const head = payload.length > 0xffff ? Buffer.alloc(10) : payload.length > 125 ? Buffer.alloc(4) : Buffer.alloc(2);
  head[0] = (isFinal ? 0x80 : 0) | opcode;
  head[1] = head.length === 10 ? 127 : head.length === 4 ? 126 : payload.length;
  if (head.length === 4) head.writeUInt16BE(payload.length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}

const PORTS = [serverFrame(OPCODE.binary, Buffer.from([0, 0x98, 0x3a])), serverFrame(OPCODE.binary, Buffer.from([1, 0x98, 0x3a]))];
const data = (text: string | Buffer): Buffer => serverFrame(OPCODE.binary, Buffer.concat([Buffer.from([0]), Buffer.from(text)]));

const open: { destroy(): void }[] = [];
afterEach(() => {
  for (const thing of open.splice(0)) thing.destroy();
});

/** A stream, and the server's side of its connection. */
async function pair(): Promise<{ readonly stream: PortForwardStream; readonly server: Socket }> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const accepted = new Promise<Socket>((resolve) => listener.once('connection', resolve));
  const socket = connect((listener.address() as AddressInfo).port, '127.0.0.1');
  const server = await accepted;
  listener.close();
  server.on('error', () => undefined);
  open.push(socket, server);
  return { stream: new PortForwardStream(socket, Buffer.alloc(0), (why) => new Error(why)), server };
}

async function textOf(stream: PortForwardStream): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

describe('what the pod sends', () => {
  test.each([1, 2, 3, 7, 1000])('is read without the port bytes, however its bytes are cut (pieces of %i)', async (size) => {
    const { stream, server } = await pair();
    const long = 'x'.repeat(70_000);
    const parts = [
      ...PORTS,
      data('hello '),
      serverFrame(OPCODE.ping, Buffer.from('are you there')),
      data(''),
      data('world'),
      data('y'.repeat(300)),
      data(long),
    ];
    const bytes = Buffer.concat([...parts, serverFrame(OPCODE.close, Buffer.from([0x03, 0xe8]))]);
    const fine = 500;
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + (at < fine ? size : 4096));
      server.write(piece);
      at += piece.length;
    }
    expect(await textOf(stream)).toBe(`hello world${'y'.repeat(300)}${long}`);
  });

  test('is one message where it comes in fragments, with a ping between them', async () => {
    const { stream, server } = await pair();
    const first = serverFrame(OPCODE.binary, Buffer.from('\u0000hel'), false);
    const last = serverFrame(OPCODE.continuation, Buffer.from('lo'));
    server.write(Buffer.concat([...PORTS, first, serverFrame(OPCODE.ping, Buffer.alloc(0)), last, serverFrame(OPCODE.close, Buffer.alloc(0))]));
    expect(await textOf(stream)).toBe('hello');
  });

  test('waits in the socket while nobody reads', async () => {
    const { stream, server } = await pair();
    server.write(Buffer.concat(PORTS));
    const chunk = data(Buffer.alloc(1 << 20));
    let sent = 0;
    while (sent < 256 && server.write(chunk)) sent++;
    // The server's own buffers fill, and what the stream holds stays near its mark.
    await new Promise<void>((resolve) => stream.once('readable', resolve));
    expect(stream.readableLength).toBeLessThan(4 << 20);
  });
});

describe('a failure', () => {
  test('of the error channel is told after what came before it', async () => {
    const { stream, server } = await pair();
    server.write(Buffer.concat([...PORTS, data('half'), serverFrame(OPCODE.binary, Buffer.from('\u0001lost connection\n'))]));
    const parts: string[] = [];
    const reading = (async () => {
      for await (const part of stream) parts.push(String(part));
    })();
    await expect(reading).rejects.toThrow('lost connection');
    expect(parts).toEqual(['half']);
  });

  test.each([
    ['a connection that is dropped', (server: Socket) => server.end(Buffer.concat(PORTS)), 'the API server closed the connection'],
    ['a masked frame', (server: Socket) => server.write(clientFrame(OPCODE.binary, Buffer.from('x'))), 'a masked frame from the server'],
    ['a continuation of nothing', (server: Socket) => server.write(serverFrame(OPCODE.continuation, Buffer.from('x'))), 'continues no message'],
    ['a frame of an unknown kind', (server: Socket) => server.write(serverFrame(5, Buffer.from('x'))), 'a frame of kind 5'],
  ])('is %s', async (_name, act, words) => {
    const { stream, server } = await pair();
    act(server);
    await expect(textOf(stream)).rejects.toThrow(words);
  });
});

describe('what is sent to the pod', () => {
  test.each([0, 1, 125, 126, 65_535, 65_536])('comes back unmasked from a frame of %i bytes', (size) => {
    const payload = Buffer.alloc(size, 'ab');
    const frame = clientFrame(OPCODE.binary, payload.subarray(0, 1), payload.subarray(1));
    const head = size > 0xffff ? 10 : size > 125 ? 4 : 2;
    const mask = frame.subarray(head, head + 4);
    expect(payload.equals(frame.subarray(head + 4).map((byte, i) => byte ^ (mask[i % 4] as number)))).toBe(true);
    expect((frame[1] as number) & 0x80).toBe(0x80);
  });

  test('goes to channel 0, and a ping is answered', async () => {
    const { stream, server } = await pair();
    server.write(Buffer.concat([...PORTS, serverFrame(OPCODE.ping, Buffer.from('hi'))]));
    stream.write('GET');
    const bytes: Buffer[] = [];
    await new Promise<void>((resolve) => {
      server.on('data', (chunk: Buffer) => {
        bytes.push(chunk);
        if (Buffer.concat(bytes).length >= 2 + 4 + 4 + 2 + 4 + 2) resolve();
      });
    });
    const all = Buffer.concat(bytes);
    const frames = [clientFrame(OPCODE.pong, Buffer.from('hi')), clientFrame(OPCODE.binary, Buffer.from('\u0000GET'))].map((frame) => frame[0]);
    const [first = 0] = all;
    expect(frames).toContain(first);
    expect(frames).toContain(all[first === frames[0] ? 8 : 10]);
    stream.destroy();
  });
});

test('a reader of frames keeps no copy of payload', () => {
  const pieces: Buffer[] = [];
  const reader = new FrameReader({ data: (piece) => void pieces.push(piece), control: () => undefined, broken: () => undefined });
  const frame = serverFrame(OPCODE.binary, Buffer.alloc(1000));
  reader.read(frame);
  expect(pieces[0]?.buffer).toBe(frame.buffer);
});
