package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * How the edge ends a connection: with its reason, in order, and whether the client wants to or
 * not.
 */
class EdgeLastWordsIT extends HostileSuite {

  private static final byte[] MUCH_MORE = new byte[300_000];

  /** A reset could reach the client before it has read why. */
  @Test
  void lastWordsAreNotFollowedByAResetThoughMoreCame() throws IOException {
    byte[] packet = RawClient.packet(0x10, connect(5, newId()));
    byte[] invalid = RawClient.packet(0x10, connect(5, "a/b"));
    try (RawClient client = connectRaw(5, newId())) {
      client.sendRaw(RawClient.bytes(packet, MUCH_MORE));
      assertEquals(ReasonCode.PROTOCOL_ERROR, client.read().at(0));
      client.readToEnd();
    }
    try (RawClient client = new RawClient(edge.server().tcpPort())) {
      client.sendRaw(RawClient.bytes(invalid, MUCH_MORE));
      assertEquals(ReasonCode.CLIENT_ID_NOT_VALID, client.read().at(1));
      client.readToEnd();
    }
  }

  @Test
  void webSocketEndsInOrder() throws Exception {
    CompletableFuture<Integer> ended = new CompletableFuture<>();
    WebSocket.Listener listener =
        new WebSocket.Listener() {
          @Override
          public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            ended.complete(status);
            return null;
          }

          @Override
          public void onError(WebSocket socket, Throwable failure) {
            ended.completeExceptionally(failure);
          }
        };
    try (HttpClient http = HttpClient.newHttpClient()) {
      WebSocket socket =
          http.newWebSocketBuilder()
              .subprotocols("mqtt")
              .buildAsync(
                  URI.create("ws://127.0.0.1:" + edge.server().websocketPort() + "/mqtt"), listener)
              .get(1, TimeUnit.MINUTES);
      byte[] invalid = RawClient.packet(0x10, connect(5, "a/b"));
      socket.sendBinary(ByteBuffer.wrap(invalid), true).get(1, TimeUnit.MINUTES);
      var _ = socket.sendBinary(ByteBuffer.wrap(new byte[50_000]), true); // as far as it gets
      assertEquals(WebSocket.NORMAL_CLOSURE, ended.get(1, TimeUnit.MINUTES));
    }
  }

  /** Who reads nothing and closes nothing is not waited for. */
  @Test
  void clientThatDoesNotCloseIsClosed() throws IOException {
    String id = newId();
    try (RawClient client = connectRaw(5, id)) {
      client.send(0x10, connect(5, newId()));
      awaitEvent("second_connect", id);
      fanout.closed(id);
    }
  }
}
