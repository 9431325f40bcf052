package io.mqttsentinel.e2e;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A socket that says what it likes: what no proper client would, or what it would, but no more. */
final class RawClient implements AutoCloseable {

  /** A packet as it came. */
  record Packet(int type, int flags, ByteBuffer body) {}

  private static final int CONNECT_MILLIS = 30_000;

  private final Socket socket;
  private final DataInputStream in;
  private long skipped;

  private RawClient(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
  }

  static RawClient open(int port) throws IOException {
    return open(port, 0);
  }

  /**
   * Opens a connection.
   *
   * @param receiveBuffer bytes that the kernel takes for a reader that does not read; 0: its own
   */
  static RawClient open(int port, int receiveBuffer) throws IOException {
    Socket socket = new Socket();
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
    socket.setTcpNoDelay(true);
    return new RawClient(socket);
  }

  /** CONNECT with a clean start, as a builder, so that a test can add to it. */
  static MqttMessageBuilders.ConnectBuilder connect(MqttVersion version, String clientId) {
    return MqttMessageBuilders.connect()
        .protocolVersion(version)
        .clientId(clientId)
        .cleanSession(true)
        .keepAlive(60)
        .hasUser(true)
        .username(SharedCluster.USER)
        .hasPassword(true)
        .password(SharedCluster.PASSWORD.getBytes(StandardCharsets.UTF_8));
  }

  /** The bytes of packets on a connection of that version. */
  static byte[] encode(MqttVersion version, MqttMessage... messages) {
    EmbeddedChannel channel = new EmbeddedChannel(MqttEncoder.INSTANCE);
    channel.writeOutbound(connect(version, "any").build()); // tells the encoder the version
    channel.<ByteBuf>readOutbound().release();
    channel.writeOutbound((Object[]) messages);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      bytes.writeBytes(ByteBufUtil.getBytes(part));
      part.release();
    }
    channel.finishAndReleaseAll();
    return bytes.toByteArray();
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /** The next packet, or null at the end of the connection. */
  Packet read(int limitMillis) throws IOException {
    socket.setSoTimeout(limitMillis);
    int first = in.read();
    if (first < 0) {
      return null;
    }
    int length = 0;
    int digit;
    int shift = 0;
    do {
      digit = in.readUnsignedByte();
      length |= (digit & 0x7F) << shift;
      shift += 7;
    } while ((digit & 0x80) != 0);
    byte[] body = new byte[length];
    in.readFully(body);
    return new Packet(first >> 4, first & 0x0F, ByteBuffer.wrap(body));
  }

  /** Reads what comes until the end, or until nothing came for that long; says whether it ended. */
  boolean endsWithin(int quietMillis) throws IOException {
    socket.setSoTimeout(quietMillis);
    byte[] chunk = new byte[4096];
    try {
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        skipped += n;
      }
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true; // reset
    }
  }

  /** Bytes that {@link #endsWithin} has read. */
  long hasRead() {
    return skipped;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
