package io.mqttsentinel.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What real brokers do too rarely to wait for it: a scripted origin on a socket. */
final class OriginConnectionIT {

  private static final String CONNACK = "2003000000";
  private static final String SUBACK_QOS_1 = "900400010001";

  @Test
  void takeoverIsToldFromALoss() throws Exception {
    try (ScriptedOrigin origin = new ScriptedOrigin(CONNACK, SUBACK_QOS_1, "E0018E");
        OriginConnection connection = open(origin)) {
      OriginConnection.Ending ending = connection.awaitEnd();
      assertTrue(ending.takenOver());
      assertTrue(ending.reason().contains("0x8E"), ending.reason());
    }
  }

  @Test
  void shutdownOfTheOriginIsNoTakeover() throws Exception {
    try (ScriptedOrigin origin = new ScriptedOrigin(CONNACK, SUBACK_QOS_1, "E0018B");
        OriginConnection connection = open(origin)) {
      OriginConnection.Ending ending = connection.awaitEnd();
      assertEquals(false, ending.takenOver());
      assertTrue(ending.reason().contains("0x8B"), ending.reason());
    }
  }

  @Test
  void refusedSubscriptionIsToldWithItsFilter() throws Exception {
    try (ScriptedOrigin origin = new ScriptedOrigin(CONNACK, "900400010087")) {
      OriginException refusal = assertThrows(OriginException.class, () -> open(origin));
      assertTrue(refusal.getMessage().contains("clients/+/alerts"), refusal.getMessage());
      assertTrue(refusal.getMessage().contains("0x87"), refusal.getMessage());
    }
  }

  @Test
  void nobodyListeningIsTold() throws Exception {
    int port = Mosquitto.freePort();
    OriginException failure = assertThrows(OriginException.class, () -> open(port));
    assertTrue(failure.getMessage().startsWith("127.0.0.1:" + port), failure.getMessage());
  }

  @Test
  void originThatNeverAnswersEndsTheAttempt() throws Exception {
    try (ScriptedOrigin origin = new ScriptedOrigin()) {
      assertThrows(OriginException.class, () -> open(origin));
    }
  }

  private static OriginConnection open(ScriptedOrigin origin) throws OriginException {
    return open(origin.port());
  }

  private static OriginConnection open(int port) throws OriginException {
    BridgeConfig config =
        BridgeConfigTest.config(
            "sentinel.bridge.uri",
            "tcp://127.0.0.1:" + port,
            "sentinel.bridge.connect-timeout",
            "1s");
    return OriginConnection.open(
        config, new OriginOptions(config, null), (connection, topic, message) -> {});
  }

  /** Answers CONNECT and SUBSCRIBE with fixed bytes, then says the rest. */
  private static final class ScriptedOrigin implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final CompletableFuture<Void> played;

    ScriptedOrigin(String... answers) throws IOException {
      played = CompletableFuture.runAsync(() -> play(answers));
    }

    int port() {
      return server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      server.close();
      played.cancel(true);
    }

    private void play(String... answers) {
      try (Socket socket = server.accept()) {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        OutputStream out = socket.getOutputStream();
        for (int i = 0; i < answers.length; i++) {
          if (i < 2) {
            in.readByte();
            in.skipNBytes(in.readByte()); // CONNECT and SUBSCRIBE are shorter than 128 bytes here
          }
          out.write(HexFormat.of().parseHex(answers[i]));
        }
        in.transferTo(OutputStream.nullOutputStream());
      } catch (IOException e) {
        // The bridge or the test hung up.
      }
    }
  }
}
