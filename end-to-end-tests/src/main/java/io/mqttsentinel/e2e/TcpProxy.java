package io.mqttsentinel.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A network that can fail: passes bytes on to a port, late or not at all. A cut is that of a lost
 * route: nobody is told, bytes wait and arrive when the route is back.
 */
final class TcpProxy implements AutoCloseable {

  private static final int CHUNK = 64 << 10;

  private final ServerSocket server;
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition restored = lock.newCondition();
  private boolean cut;
  private volatile Duration delay = Duration.ZERO;

  private TcpProxy(ServerSocket server, int target) {
    this.server = server;
    this.target = target;
  }

  static TcpProxy to(int target) {
    try {
      ServerSocket server = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
      TcpProxy proxy = new TcpProxy(server, target);
      Thread.ofVirtual().start(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return server.getLocalPort();
  }

  void cut() {
    setCut(true);
  }

  /** Lets through what waits, and all that follows without delay. */
  void restore() {
    delay = Duration.ZERO;
    setCut(false);
  }

  /** Holds every piece back for that long, both ways. */
  void delay(Duration time) {
    delay = time;
  }

  @Override
  public void close() {
    closeQuietly(server);
    sockets.forEach(TcpProxy::closeQuietly);
    restore();
  }

  private void setCut(boolean value) {
    lock.lock();
    try {
      cut = value;
      restored.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Thread.ofVirtual().start(() -> connect(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void connect(Socket client) {
    sockets.add(client);
    try {
      pass();
      Socket service = new Socket(InetAddress.getLoopbackAddress(), target);
      sockets.add(service);
      service.setTcpNoDelay(true);
      client.setTcpNoDelay(true);
      Thread.ofVirtual().start(() -> pump(client, service));
      pump(service, client);
    } catch (IOException e) {
      end(client);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void pump(Socket from, Socket to) {
    byte[] chunk = new byte[CHUNK];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        TimeUnit.NANOSECONDS.sleep(delay.toNanos());
        pass();
        out.write(chunk, 0, n);
      }
    } catch (IOException e) {
      // One side hung up: so does the other, below.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      end(from);
      end(to);
    }
  }

  /** Returns when nothing is cut. */
  private void pass() throws InterruptedException {
    lock.lock();
    try {
      while (cut) {
        restored.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private void end(Socket socket) {
    sockets.remove(socket);
    closeQuietly(socket);
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      // There is nobody left whom it could concern.
    }
  }
}
