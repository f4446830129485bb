import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import type { KubectlForward } from './kubectl-forward.ts';

/**
 * A connection through the port that kubectl has opened. kubectl only closes it where the pod's port is closed: then the stream is destroyed
 * with an error that `failureOf` makes of what kubectl says. Rejects where the port takes no connection.
 */
export function dialKubectl(forward: KubectlForward, failureOf: (why: string) => Error): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connect(forward.port, '127.0.0.1');
    let received = false;
    const stream = new Duplex({
      read: () => void socket.resume(),
      write: (chunk: Buffer, _encoding, callback) => void socket.write(chunk, callback),
      destroy(error, callback) {
        socket.destroy();
        callback(error);
      },
    });
    const end = async (error?: Error): Promise<void> => {
      const why = received ? '' : await forward.trouble();
      if (why !== '') stream.destroy(failureOf(why));
      else if (error !== undefined) stream.destroy(error);
      else stream.push(null);
    };
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      socket.once('error', (error) => void end(error));
      socket.once('end', () => void end());
      resolve(stream);
    });
    socket.on('data', (chunk: Buffer) => {
      received = true;
      if (!stream.push(chunk)) socket.pause();
    });
  });
}
