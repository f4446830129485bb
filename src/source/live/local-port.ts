import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type Duplex, pipeline } from 'node:stream';
import { Failure } from '../../dump/failure.ts';

/** A port of 127.0.0.1 whose connections lead elsewhere. */
export interface LocalPort {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Listens on 127.0.0.1, and on nothing else, and joins each connection with a stream of its own. In: the port (0: any that is free), what
 * opens a stream, and who is told of one that fails. Throws Failure PC1123 where the port is taken.
 */
export async function openLocalPort(port: number, dial: () => Promise<Duplex>, onFailure: (error: unknown) => void): Promise<LocalPort> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => undefined);
    dial().then(
      (stream) => {
        if (socket.destroyed) return void stream.destroy();
        // The far side knows no half of a close: the near one ends it as a whole.
        pipeline(stream, socket, (error) => {
          if (error && !socket.destroyed) onFailure(error);
          stream.destroy();
          socket.destroy();
        });
        socket.on('data', (chunk: Buffer) => {
          if (!stream.write(chunk)) {
            socket.pause();
            stream.once('drain', () => socket.resume());
          }
        });
        socket.on('close', () => stream.destroy());
      },
      (error: unknown) => {
        onFailure(error);
        socket.destroy();
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'another program has it' : cause.message;
      reject(new Failure({ id: 'PC1123', what: `port ${port} of 127.0.0.1 cannot be opened: ${why}`, next: 'give another one with --port, or none', cause }));
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
