package io.mqttsentinel.bridge;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.paho.mqttv5.client.internal.NetworkModule;

/** MQTT in binary WebSocket frames (MQTT 5.0, chapter 6), by the JDK's client. */
final class WebSocketModule implements NetworkModule {

  private static final String SUBPROTOCOL = "mqtt";

  private final OriginOptions options;
  private final HttpClient http;
  private final FrameStream frames = new FrameStream();
  private WebSocket webSocket;

  WebSocketModule(OriginOptions options) {
    this.options = options;
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(limit());
    this.http = options.tls() == null ? builder.build() : builder.sslContext(options.tls()).build();
  }

  @Override
  public void start() throws IOException {
    WebSocket.Builder handshake =
        http.newWebSocketBuilder().subprotocols(SUBPROTOCOL).connectTimeout(limit());
    options.headers().forEach(handshake::header);
    CompletableFuture<WebSocket> opening =
        handshake.buildAsync(options.address().webSocketUri(), frames);
    webSocket = await(opening, "the WebSocket handshake");
    if (!webSocket.getSubprotocol().equals(SUBPROTOCOL)) {
      stop();
      throw new IOException("the origin does not speak the WebSocket subprotocol 'mqtt'");
    }
  }

  @Override
  public InputStream getInputStream() {
    return frames;
  }

  @Override
  public OutputStream getOutputStream() {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        await(
            webSocket.sendBinary(ByteBuffer.wrap(bytes, offset, length), true),
            "a WebSocket frame");
      }
    };
  }

  @Override
  public void stop() {
    frames.close();
    if (webSocket != null) {
      webSocket.abort();
    }
    http.shutdownNow();
  }

  @Override
  public String getServerURI() {
    return options.address().toString();
  }

  private Duration limit() {
    return Duration.ofSeconds(options.getConnectionTimeout());
  }

  private <T> T await(CompletableFuture<T> future, String what) throws IOException {
    try {
      return future.get(limit().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IOException("%s failed: %s".formatted(what, e.getCause()), e.getCause());
    } catch (TimeoutException e) {
      future.cancel(true);
      throw new IOException("%s took more than %s".formatted(what, limit()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted during " + what, e);
    }
  }

  /**
   * The payloads of binary frames as one stream. One frame is held at a time: the next is asked for
   * when it is read.
   */
  private static final class FrameStream extends InputStream implements WebSocket.Listener {

    private WebSocket source;
    private ByteBuffer current = ByteBuffer.allocate(0);
    private CompletableFuture<Void> taken = CompletableFuture.completedFuture(null);
    private String end;

    @Override
    public synchronized void onOpen(WebSocket opened) {
      source = opened;
      opened.request(1);
    }

    @Override
    public synchronized CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
      if (!data.hasRemaining()) {
        from.request(1);
        return null;
      }
      current = data;
      taken = new CompletableFuture<>();
      notifyAll();
      return taken;
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      endWith("the origin sent a text frame, which MQTT forbids");
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      endWith("the origin closed the WebSocket with code %d %s".formatted(code, reason));
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
      endWith("the WebSocket failed: " + failure);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public synchronized int read(byte[] bytes, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, bytes.length);
      while (!current.hasRemaining()) {
        if (end != null) {
          throw new IOException(end);
        }
        try {
          wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException("interrupted while waiting for the origin", e);
        }
      }
      int count = Math.min(length, current.remaining());
      current.get(bytes, offset, count);
      if (!current.hasRemaining()) {
        taken.complete(null);
        source.request(1);
      }
      return count;
    }

    @Override
    public synchronized int available() {
      return current.remaining();
    }

    @Override
    public void close() {
      endWith("the WebSocket is closed");
    }

    private synchronized void endWith(String reason) {
      end = end == null ? reason : end;
      notifyAll();
    }
  }
}
