package io.mqttsentinel.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TcpProxyTest {

  private static final int LIMIT_MILLIS = 30_000;
  private static final int SHORT_MILLIS = 100;

  private ServerSocket service;
  private TcpProxy proxy;

  @BeforeEach
  void start() throws IOException {
    service = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    proxy = TcpProxy.to(service.getLocalPort());
    Thread.ofVirtual().start(this::echo);
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    service.close();
  }

  @Test
  void whatWaitsDuringACutArrivesAfterIt() throws IOException {
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
      assertEquals('a', echoed(client, 'a', LIMIT_MILLIS));
      proxy.cut();
      assertThrows(SocketTimeoutException.class, () -> echoed(client, 'b', SHORT_MILLIS));
      proxy.restore();
      client.setSoTimeout(LIMIT_MILLIS);
      assertEquals('b', client.getInputStream().read());
    }
  }

  @Test
  void aDelayCountsBothWays() throws IOException {
    proxy.delay(Duration.ofMillis(SHORT_MILLIS));
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
      long start = System.nanoTime();
      assertEquals('a', echoed(client, 'a', LIMIT_MILLIS));
      assertTrue(System.nanoTime() - start >= 2 * SHORT_MILLIS * 1_000_000L);
    }
  }

  private static int echoed(Socket client, int sent, int limitMillis) throws IOException {
    client.setSoTimeout(limitMillis);
    client.getOutputStream().write(sent);
    return client.getInputStream().read();
  }

  private void echo() {
    try (Socket socket = service.accept()) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    } catch (IOException e) {
      // The test ended.
    }
  }
}
