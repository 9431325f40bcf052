package io.mqttsentinel.edge;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Speaks MQTT byte by byte, right or wrong. */
final class RawClient implements AutoCloseable {

  private final Socket socket;
  private final DataInputStream in;

  RawClient(int port) throws IOException {
    this(new Socket("127.0.0.1", port));
  }

  RawClient(Socket connected) throws IOException {
    socket = connected;
    socket.setSoTimeout(60_000);
    in = new DataInputStream(socket.getInputStream());
  }

  /** One packet: type and flags, then the body of its remaining length. */
  static final class Packet {
    private final int header;
    private final byte[] body;

    Packet(int header, byte[] body) {
      this.header = header;
      this.body = body;
    }

    int length() {
      return body.length;
    }

    int type() {
      return header >> 4;
    }

    /** Where it is the first thing in the body. */
    int packetId() {
      return at(0) << 8 | at(1);
    }

    int flags() {
      return header & 15;
    }

    byte[] body() {
      return body;
    }

    int at(int index) {
      return Byte.toUnsignedInt(body[index]);
    }

    @Override
    public String toString() {
      return "%02x %s".formatted(header, HexFormat.of().formatHex(body));
    }
  }

  RawClient send(int header, byte[]... body) throws IOException {
    return sendRaw(packet(header, body));
  }

  static byte[] packet(int header, byte[]... body) {
    ByteArrayOutputStream packet = new ByteArrayOutputStream();
    byte[] all = bytes((Object[]) body);
    packet.write(header);
    int length = all.length;
    do {
      packet.write(length > 127 ? (length & 127) | 128 : length);
      length >>= 7;
    } while (length > 0);
    packet.writeBytes(all);
    return packet.toByteArray();
  }

  RawClient sendRaw(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  RawClient connect(int version, String clientId, String username, String password)
      throws IOException {
    return send(0x10, connectBody(version, clientId, username, password));
  }

  static byte[] connectBody(int version, String clientId, String username, String password) {
    return bytes(
        text("MQTT"),
        new byte[] {(byte) version, (byte) 0xC2, 0, 60},
        version == 5 ? new byte[] {0} : new byte[0],
        text(clientId),
        text(username),
        text(password));
  }

  /** An MQTT 5 CONNECT with properties, as hexadecimal text. */
  static byte[] connectBody5(String clientId, boolean cleanStart, String properties) {
    byte[] bytes = HexFormat.of().parseHex(properties.replace(" ", ""));
    return bytes(
        text("MQTT"),
        new byte[] {5, (byte) (cleanStart ? 0xC2 : 0xC0), 0, 60, (byte) bytes.length},
        bytes,
        text(clientId),
        text(EdgeSuite.USER),
        text(AuthDatabase.PASSWORD));
  }

  /** Bytes that came and were not read. */
  int available() throws IOException {
    return in.available();
  }

  /** The next packet, or null where the edge closed. */
  Packet read() throws IOException {
    int header;
    try {
      header = in.read();
    } catch (SocketException e) { // a reset is a close with something unread
      return null;
    }
    if (header < 0) {
      return null;
    }
    int length = 0;
    int shift = 0;
    int digit;
    do {
      digit = in.readUnsignedByte();
      length |= (digit & 127) << shift;
      shift += 7;
    } while (digit > 127);
    byte[] body = new byte[length];
    in.readFully(body);
    return new Packet(header, body);
  }

  /** Reads to the end. */
  void readToEnd() throws IOException {
    var _ = in.readAllBytes();
  }

  static byte[] text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return bytes(number(utf8.length), utf8);
  }

  static byte[] number(int twoBytes) {
    return new byte[] {(byte) (twoBytes >> 8), (byte) twoBytes};
  }

  static byte[] bytes(Object... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Object part : parts) {
      all.writeBytes((byte[]) part);
    }
    return all.toByteArray();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
